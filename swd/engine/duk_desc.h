/* Property descriptors, for duk_proxy.h and duk_object.h: included by duk_unit.c behind duktape.c.
 */

/* What duk_hobject_prepare_property_descriptor() makes of one; its values stay on the stack. */
struct px_desc {
    bool is;
    duk_uint_t flags;
    duk_idx_t value;
    duk_hobject *get, *set;
};

#define PX_HAVE(d, what) (((d)->flags & DUK_DEFPROP_HAVE_##what) != 0)
#define PX_IS(d, what)   (((d)->flags & DUK_DEFPROP_##what) != 0)

#define PX_IS_ACCESSOR(d) (((d)->flags & (DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER)) != 0)

#define PX_IS_DATA(d) (((d)->flags & (DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_HAVE_WRITABLE)) != 0)

#define PX_GENERIC(d)      (!PX_IS_ACCESSOR(d) && !PX_IS_DATA(d))
#define PX_CONFIGURABLE(d) PX_IS(d, CONFIGURABLE)
#define PX_FROZEN_VALUE(d) (PX_IS_DATA(d) && !PX_CONFIGURABLE(d) && !PX_IS(d, WRITABLE))

/* The object at `idx` (or undefined) taken apart; may push. */
static void px_read_desc(duk_hthread *thr, duk_idx_t idx, struct px_desc *d)
{
    memset(d, 0, sizeof *d);
    d->is = duk_is_object(thr, idx);
    if (d->is)
        duk_hobject_prepare_property_descriptor(thr, idx, &d->flags, &d->value, &d->get, &d->set);
}

static void px_put_flag(duk_hthread *thr, const char *name, bool have, bool value)
{
    if (!have)
        return;
    duk_push_boolean(thr, value);
    duk_put_prop_string(thr, -2, name);
}

static void px_put_function(duk_hthread *thr, const char *name, bool have, duk_hobject *fn)
{
    if (!have)
        return;
    if (fn)
        duk_push_hobject(thr, fn);
    else
        duk_push_undefined(thr);
    duk_put_prop_string(thr, -2, name);
}

/* Pushes FromPropertyDescriptor; `complete`: with the defaults for what is absent. */
static void px_push_desc(duk_hthread *thr, const struct px_desc *d, bool complete)
{
    bool accessor = PX_IS_ACCESSOR(d), data = PX_IS_DATA(d) || (complete && !accessor);
    duk_push_object(thr);
    if (data && (complete || PX_HAVE(d, VALUE))) {
        if (PX_HAVE(d, VALUE))
            duk_dup(thr, d->value);
        else
            duk_push_undefined(thr);
        duk_put_prop_string(thr, -2, "value");
    }
    px_put_flag(thr, "writable", data && (complete || PX_HAVE(d, WRITABLE)), PX_IS(d, WRITABLE));
    px_put_function(thr, "get", accessor && (complete || PX_HAVE(d, GETTER)), d->get);
    px_put_function(thr, "set", accessor && (complete || PX_HAVE(d, SETTER)), d->set);
    px_put_flag(thr, "enumerable", complete || PX_HAVE(d, ENUMERABLE), PX_IS(d, ENUMERABLE));
    px_put_flag(thr, "configurable", complete || PX_HAVE(d, CONFIGURABLE), PX_CONFIGURABLE(d));
}

/* IsCompatiblePropertyDescriptor: whether `d` may be applied to `cur`, a complete one or none. */
static bool px_compatible(duk_hthread *thr, bool extensible, const struct px_desc *d,
                          const struct px_desc *cur)
{
    if (!cur->is)
        return extensible;
    if (PX_CONFIGURABLE(cur))
        return true;
    if (PX_CONFIGURABLE(d) ||
        (PX_HAVE(d, ENUMERABLE) && PX_IS(d, ENUMERABLE) != PX_IS(cur, ENUMERABLE)))
        return false;
    if (PX_GENERIC(d))
        return true;
    if (PX_IS_ACCESSOR(d) != PX_IS_ACCESSOR(cur))
        return false;
    if (PX_IS_ACCESSOR(cur))
        return !(PX_HAVE(d, GETTER) && d->get != cur->get) &&
               !(PX_HAVE(d, SETTER) && d->set != cur->set);
    if (PX_IS(cur, WRITABLE))
        return true;
    return !PX_IS(d, WRITABLE) && !(PX_HAVE(d, VALUE) && !duk_samevalue(thr, d->value, cur->value));
}
