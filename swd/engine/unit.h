/* Duktape's insides, for the rest of `engine`: implemented in duk_unit.c. Contexts are
 * duk_context pointers. */
#ifndef SWD_ENGINE_UNIT_H
#define SWD_ENGINE_UNIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

struct swd_heap;

/* The plain buffer that the RegExp at `idx` has of its own under the hidden key `key`: its data, or
 * NULL with *is_regexp telling whether the value is a RegExp at all (a Proxy of one is not). Good
 * while the object lives and the property stays. Runs no script code. */
const void *swd_unit_regexp(void *ctx, int idx, const char *key, size_t n, size_t *size,
                            bool *is_regexp);

/* Values of the runtime helpers that their opcodes read (duk_op.h): pops one. From ITERATION on:
 * Symbol.iterator, its value in Array.prototype, %ArrayIteratorPrototype%, "next", its value there.
 */
enum { SWD_KEPT_ITERATION = 0, SWD_KEPT_CLASS = 5, SWD_KEPT_PENDING, SWD_KEPT_APPLY };
void swd_unit_keep(void *ctx, unsigned i);

/* Takes the pending new.target: pushes it, or undefined. */
void swd_unit_take(void *ctx);

/* Whether the value at `idx` is an array without own named properties, whose prototype is the
 * intrinsic one, iterated by the intrinsics. O(1), runs no script code. */
bool swd_unit_pristine(void *ctx, int idx);

/* Private elements of the object at `o` under the private name at `p`. The kind; the value (an
 * accessor's half, or undefined) pushed; a field's value set; an element added, with false when one
 * is in the way. None runs script code. */
enum {
    SWD_PRIVATE_NONE = -1,
    SWD_PRIVATE_METHOD,
    SWD_PRIVATE_GETTER,
    SWD_PRIVATE_SETTER,
    SWD_PRIVATE_FIELD,
    SWD_PRIVATE_ACCESSOR
};
int swd_unit_private_kind(void *ctx, int o, int p);
void swd_unit_private_get(void *ctx, int o, int p, bool setter);
bool swd_unit_private_set(void *ctx, int o, int p, int v);
bool swd_unit_private_add(void *ctx, int o, int p, int v, int kind);

/* The heap stash keeps its numbered properties as an array does (they are read often). */
void swd_unit_dense_stash(void *ctx);

/* [[Get]] of the object at `idx` with the receiver at `self`, pushed. Runs getters. A Proxy on the
 * way is asked with itself as the receiver. */
void swd_unit_get_for(void *ctx, int idx, int key, int self);

/* Takes off the compiled functions of files whose names begin with `prefix` what only user code
 * needs: their line numbers, and the `prototype`, with it the ability to be constructed, unless
 * their name ends in one of the words of `keep`. Throws when out of memory. */
void swd_unit_trim(void *ctx, const char *prefix, const char *keep);

/* Room that scripts use first, so that it neither moves nor is made anew in every heap: properties
 * in the global object, value stacks, activations and catchers. Dead slots of value stacks are
 * cleared. Collections that compact take the room away. Throws when out of memory. */
void swd_unit_slack(void *ctx);

/* The compiled eval code on top declares its names where it is run, as global code does, though it
 * is strict. */
void swd_unit_global_code(void *ctx);

/* The heap that was given to duk_create_heap(); O(1). */
struct swd_heap *swd_unit_heap(void *ctx);

/* Where a context's heap keeps its udata (a struct swd_heap *). */
struct swd_heap **swd_unit_udata(void *ctx);

/* The word that a string of this text has in front of its length: its hash, and the index that it
 * spells, if any. `ctx` is its heap's. */
uint64_t swd_unit_string_head(void *ctx, const void *text, size_t n);

/* Duktape's class number of the object at `idx` (see swd/lib/kind.c), SWD_CLASS_PROXY for a Proxy,
 * -1 for what is no object. Runs no script code. And the target of the Proxy at `idx`, pushed. */
#define SWD_CLASS_PROXY 100
int swd_unit_class(void *ctx, int idx);
void swd_unit_push_target(void *ctx, int idx);

/* Pushes the handler of the Proxy at `idx`; and gives it the object at `handler` for one. */
void swd_unit_push_handler(void *ctx, int idx);
void swd_unit_set_handler(void *ctx, int idx, int handler);

/* Own properties below all exotic behaviour: a Proxy has its own, a frozen object takes them. The
 * key (a hidden symbol) is on top, for put the value above it; both are popped. get pushes the
 * value when there is one. Runs no script code. */
bool swd_unit_secret_get(void *ctx, int idx);
void swd_unit_secret_put(void *ctx, int idx);
bool swd_unit_secret_del(void *ctx, int idx);

/* The object at `idx` is held weakly: it has a plain buffer under the hidden key `weakcell`
 * whose first word is its address, and becomes NULL before the object's memory goes; then
 * swd_heap_found() is true. Runs no script code, then or now. */
void swd_unit_weaken(void *ctx, int idx);

/* The data property of the object at `idx` or of what it inherits, whose key is on top (popped),
 * pushed; false, nothing pushed: none, an accessor, or a Proxy on the way. Runs no script code. */
bool swd_unit_inherited(void *ctx, int idx);

/* A hash of the value at `idx` under SameValueZero: of a string its own, of an object its place
 * relative to the heap, which a clone keeps. O(1). */
uint32_t swd_unit_hash(void *ctx, int idx);

/* For tests: from now on (until `on` is false) a collection comes before every allocation. */
void swd_unit_torture(void *ctx, bool on);

/* Whatever Duktape's built-in objects have otherwise than ES2023 and only its insides can change:
 * prototypes of errors and of dates that are instances, the second parameter of the constructors of
 * errors. Once per heap. */
void swd_unit_repair(void *ctx);

/* Pushes %ThrowTypeError%. */
void swd_unit_push_thrower(void *ctx);

/* The function at `idx` is no constructor from now on. */
void swd_unit_no_constructor(void *ctx, int idx);

/* Whether the value at `idx` is a function compiled from source, and no class of Duktape. */
bool swd_unit_is_compiled(void *ctx, int idx);

/* The time value of the Date at `idx` in milliseconds, and the local zone's offset then. */
double swd_unit_date(void *ctx, int idx, int *zone_seconds);

/* Pushes what the Boolean, Number, String or Symbol object at `idx` stands for. */
void swd_unit_push_primitive(void *ctx, int idx);

/* A buffer object: an ArrayBuffer, a DataView, a typed array (the class of an Int8Array and the
 * following are SWD_CLASS_TYPED and the following). False: none. `shift`: of an element's size. And
 * its ArrayBuffer, pushed. */
#define SWD_CLASS_TYPED 21
struct swd_unit_view {
    size_t bytes, offset;
    unsigned shift;
};
bool swd_unit_view(void *ctx, int idx, struct swd_unit_view *v);
void swd_unit_push_buffer(void *ctx, int idx);

/* Whether the value at `idx` is a symbol that Symbol.for() does not know. */
bool swd_unit_is_own_symbol(void *ctx, int idx);

/* Pushes the description of the symbol at `idx`; false: it has none. */
bool swd_unit_push_description(void *ctx, int idx);

#endif
