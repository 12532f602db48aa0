/* Relocatable images: see image.h.
 *
 * Bases. The low 32 bits of the sites are equal (they seed hashes), far from 0: a word whose low
 * half is a small live value and whose upper half is left over from a dead pointer then never looks
 * like a pointer into the arena. Such words differ by the stride between sites too; they are
 * recognised by their low half, left alone and counted.
 *
 * The arena's own header holds no pointers but its account, which no placed arena has. */
#include "pool/image.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "base/limits.h"
#include "pool/arena_int.h"
#include "pool/pack.h"
#include "pool/relocate.h"
#include "pool/slab.h"

#define STRIDE      (UINT64_C(1) << 32)
#define PAGE        ((size_t)4096)
#define LINE        ((size_t)64) /* of the cache: words loaded eight at a time cross none */
#define IMAGE_MAGIC 0x494d4147u

struct swd_image {
    unsigned magic;
    atomic_uint refs;
    struct swd_account *account;
    void *mem;       /* where the words are, with room to begin them on a cache line */
    uint64_t *words; /* as at base 0: relocated words hold offsets */
    size_t bytes;    /* of the image, a multiple of 16 */
    size_t room;     /* that there is memory for */
    uint8_t *map;    /* a bit for each word: it is relocated */
    size_t nrelocs;
    size_t stale;
};

/* ---- sites ---- */

int swd_image_sites_new(size_t bytes, struct swd_image_sites *out, struct swd_err *e)
{
    uint32_t low;
    uintptr_t first;
    memset(out, 0, sizeof *out);
    if (getrandom(&low, sizeof low, 0) != (ssize_t)sizeof low)
        return swd_fail(e, SWD_EIO, "no randomness for the bases of an image");
    /* Anywhere in the third gigabyte, to 16 bytes: large, unusual, with a gigabyte behind. */
    low = 0x80010000u + (low & 0x3ffffff0u);
    out->map_bytes = (SWD_IMAGE_SITES + 1) * STRIDE;
    out->map =
        mmap(NULL, out->map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (out->map == MAP_FAILED) {
        out->map = NULL;
        return swd_fail(e, SWD_ENOMEM, "no address space for the bases of an image");
    }
    first = ((uintptr_t)out->map & ~(uintptr_t)(STRIDE - 1)) + low;
    if (first < (uintptr_t)out->map)
        first += STRIDE;
    for (size_t i = 0; i < SWD_IMAGE_SITES; i++) {
        uintptr_t page = (first + i * STRIDE) & ~(uintptr_t)(PAGE - 1);
        out->at[i] = (char *)(first + i * STRIDE);
        if (mprotect((void *)page, bytes + PAGE, PROT_READ | PROT_WRITE) != 0) {
            swd_image_sites_free(out);
            return swd_fail(e, SWD_ENOMEM, "no memory for the bases of an image");
        }
    }
    out->bytes = bytes;
    return 0;
}

void swd_image_sites_free(struct swd_image_sites *s)
{
    for (size_t i = 0; i < SWD_IMAGE_SITES && s->bytes; i++)
        SWD_UNPOISON(s->at[i], s->bytes);
    if (s->map)
        munmap(s->map, s->map_bytes);
    memset(s, 0, sizeof *s);
}

static size_t map_bytes(size_t bytes)
{
    return (bytes / 8 + 7) / 8;
}

/* Room for the words, and for what tells which are pointers. */
static bool words_new(struct swd_image *img, size_t bytes)
{
    img->room = bytes;
    img->mem = swd_slab_alloc(bytes + LINE);
    img->words = (uint64_t *)(((uintptr_t)img->mem + LINE - 1) / LINE * LINE);
    img->map = swd_slab_alloc(map_bytes(bytes));
    return img->mem && img->map;
}

static void words_free(struct swd_image *img)
{
    swd_slab_free(img->mem, img->room + LINE);
    swd_slab_free(img->map, map_bytes(img->room));
}

/* ---- comparison ---- */

static size_t used_bytes(const struct swd_arena *a)
{
    return (size_t)(a->bump + 15) & ~(size_t)15;
}

SWD_NO_ASAN static uint64_t word_at(const char *base, size_t i)
{
    return ((const uint64_t *)(const void *)base)[i];
}

static int unexplained(struct swd_err *e, size_t i, uint64_t a, uint64_t b)
{
    return swd_fail(e, SWD_ECORRUPT,
                    "word %zu of the image is not explained: 0x%016" PRIx64 " and 0x%016" PRIx64, i,
                    a, b);
}

static void add_reloc(struct swd_image *img, size_t i)
{
    img->map[i / 8] |= (uint8_t)(1u << i % 8);
    img->nrelocs++;
}

static bool is_reloc(const struct swd_image *img, size_t i)
{
    return img->map[i / 8] >> i % 8 & 1;
}

/* Whether `w`, a word at the site `base`, points into the image there (its end included). */
static bool points_in(const struct swd_image *img, const char *base, uint64_t w)
{
    return w >= (uintptr_t)base && w <= (uintptr_t)base + img->bytes;
}

/* Whether two words are a small tag of 32 bits each, with padding that was never written: what a
 * copy of a struct takes along from the stack, which may be the upper half of any address. */
static bool tag_with_padding(uint64_t a, uint64_t b)
{
    return (uint32_t)a == (uint32_t)b && (uint32_t)a < 16 && a >> 48 == 0 && b >> 48 == 0;
}

static int compare(struct swd_image *img, const struct swd_image_sites *s, struct swd_err *e)
{
    for (size_t i = 0; i < img->bytes / 8; i++) {
        uint64_t a = word_at(s->at[0], i), b = word_at(s->at[1], i);
        img->words[i] = a;
        if (a == b) {
            /* The same word in both may not be a pointer into either: it would not move along. */
            if (points_in(img, s->at[0], a) || points_in(img, s->at[1], a))
                return unexplained(e, i, a, b);
            continue;
        }
        if (b - a != STRIDE && tag_with_padding(a, b)) {
            img->words[i] = (uint32_t)a;
            img->stale++;
            continue;
        }
        if (b - a != STRIDE)
            return unexplained(e, i, a, b);
        if (points_in(img, s->at[0], a)) {
            img->words[i] = a - (uintptr_t)s->at[0];
            add_reloc(img, i);
        } else if (a >> 32 == (uintptr_t)s->at[0] >> 32) {
            img->stale++;
        } else {
            return unexplained(e, i, a, b);
        }
    }
    return 0;
}

/* The third site, dead padding aside, must be what a clone there would be. */
static int check_third(const struct swd_image *img, const struct swd_image_sites *s,
                       struct swd_err *e)
{
    const char *base = s->at[2];
    if (used_bytes((const struct swd_arena *)(const void *)base) != img->bytes)
        return swd_fail(e, SWD_ECORRUPT, "the third build of an image has another size");
    for (size_t i = 0; i < img->bytes / 8; i++) {
        uint64_t want = img->words[i], have = word_at(base, i);
        if (is_reloc(img, i))
            want += (uintptr_t)base;
        if (want != have && !tag_with_padding(want, have) &&
            !((uint32_t)want == (uint32_t)have && have >> 32 == (uintptr_t)base >> 32 &&
              want >> 32 == (uintptr_t)s->at[0] >> 32))
            return unexplained(e, i, want, have);
    }
    return 0;
}

int swd_image_make(const struct swd_image_sites *s, struct swd_account *account,
                   struct swd_image **out, struct swd_err *e)
{
    const struct swd_arena *a = (const struct swd_arena *)(const void *)s->at[0];
    const struct swd_arena *b = (const struct swd_arena *)(const void *)s->at[1];
    struct swd_image *img = swd_slab_alloc(sizeof *img);
    int rc;
    *out = NULL;
    if (!img)
        return swd_fail(e, SWD_ENOMEM, "no memory for an image");
    img->magic = IMAGE_MAGIC;
    atomic_init(&img->refs, 1);
    img->bytes = used_bytes(a);
    rc = SWD_ENOMEM;
    if (account && !swd_account_charge(account, img->bytes)) {
        swd_fail(e, rc, "the account has no room for an image of %zu bytes", img->bytes);
        goto fail;
    }
    img->account = account;
    if (!words_new(img, img->bytes)) {
        swd_fail(e, rc, "no memory for an image of %zu bytes", img->bytes);
        goto fail;
    }
    if (used_bytes(b) != img->bytes) {
        rc = swd_fail(e, SWD_ECORRUPT, "two builds of an image have different sizes: %zu and %zu",
                      img->bytes, used_bytes(b));
        goto fail;
    }
    if ((rc = compare(img, s, e)) != 0 || (rc = check_third(img, s, e)) != 0)
        goto fail;
    *out = img;
    return 0;
fail:
    swd_image_unref(&img);
    return rc;
}

void swd_image_pack(struct swd_image *img, size_t *marks, size_t n)
{
    size_t bytes = image_pack(img->words, img->map, img->bytes, marks, n);
    struct swd_image was = *img;
    if (bytes == 0 || bytes == img->bytes)
        return;
    if (img->account)
        swd_account_credit(img->account, img->bytes - bytes);
    img->bytes = bytes;
    if (words_new(img, bytes)) {
        memcpy(img->words, was.words, bytes);
        memcpy(img->map, was.map, map_bytes(bytes));
        words_free(&was);
    } else { /* it keeps the larger room */
        words_free(img);
        img->mem = was.mem, img->words = was.words, img->map = was.map, img->room = was.room;
    }
}

struct swd_image *swd_image_ref(struct swd_image *img)
{
    atomic_fetch_add(&img->refs, 1);
    return img;
}

void swd_image_unref(struct swd_image **p)
{
    struct swd_image *img = *p;
    *p = NULL;
    if (!img || atomic_fetch_sub(&img->refs, 1) > 1)
        return;
    SWD_CHECK(img, IMAGE_MAGIC);
    if (img->account)
        swd_account_credit(img->account, img->bytes);
    words_free(img);
    img->magic = 0;
    swd_slab_free(img, sizeof *img);
}

/* ---- clones ---- */

static void image_to(const struct swd_image *img, void *to)
{
    swd_relocate(to, img->words, img->map, 0, img->bytes / 8, (uintptr_t)to);
}

static void clone_to(void *arg, void *to)
{
    image_to(arg, to);
}

int swd_image_clone(const struct swd_image *img, struct swd_account *account, uint64_t limit,
                    struct swd_arena **out)
{
    size_t bytes = (img->bytes + SWD_GRANULE - 1) / SWD_GRANULE * SWD_GRANULE;
    const struct swd_arena *from = (const struct swd_arena *)(const void *)img->words;
    *out = NULL;
    if (limit < from->live)
        return SWD_ELIMIT;
    return swd_arena_adopt(account, limit, clone_to, (void *)(uintptr_t)img, img->bytes, bytes,
                           out);
}

int swd_image_place(const struct swd_image *img, void *mem, size_t bytes, uint64_t limit,
                    struct swd_arena **out)
{
    *out = NULL;
    if ((uintptr_t)mem % 16 != 0 || bytes % 16 != 0 || bytes < img->bytes + 16)
        return SWD_EPARAMS;
    image_to(img, mem);
    *out = mem;
    swd_arena_settle(*out, bytes, limit);
    return 0;
}

void swd_image_render(const struct swd_image *img, const void *base, size_t from, size_t n,
                      void *out)
{
    swd_relocate(out, img->words, img->map, from / 8, n / 8, (uintptr_t)base);
}

void swd_image_restore(const struct swd_image *img, void *base)
{
    image_to(img, base);
}

void swd_image_differ(const struct swd_image *img, const void *base, uint64_t *out)
{
    size_t words = img->bytes / 8;
    out[(words - 1) / 64] = 0;
    swd_relocate_differ(base, img->words, img->map, words, (uintptr_t)base, (uint8_t *)out);
}

const uint64_t *swd_image_words(const struct swd_image *img)
{
    return img->words;
}

const uint8_t *swd_image_map(const struct swd_image *img)
{
    return img->map;
}

size_t swd_image_bytes(const struct swd_image *img)
{
    return img->bytes;
}

size_t swd_image_relocations(const struct swd_image *img)
{
    return img->nrelocs;
}

size_t swd_image_stale(const struct swd_image *img)
{
    return img->stale;
}
