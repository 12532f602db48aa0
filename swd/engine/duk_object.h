/* Functions of Object and Reflect that stand for internal methods: included by duk_unit.c behind
 * duk_proxy.h, in the place of Duktape's own (gen-duk.sh).
 *
 * Each goes to Duktape's own for what is no Proxy. `magic` is that of the table of built-ins: 0 the
 * function of Object (or of __proto__), the others Reflect's. */

static bool px_first(duk_hthread *thr)
{
    return duk_is_object(thr, 0) && px_is(thr, 0);
}

DUK_INTERNAL duk_ret_t duk_bi_object_getprototype_shared(duk_hthread *thr)
{
    if (duk_get_current_magic(thr) == 0 && duk_get_top(thr) == 0) {
        duk_push_this(thr);
        if (!px_first(thr)) {
            duk_pop(thr);
            return swd_unit_getprototype(thr);
        }
    }
    if (!px_first(thr))
        return swd_unit_getprototype(thr);
    px_get_proto(thr, 0);
    return 1;
}

DUK_INTERNAL duk_ret_t duk_bi_object_setprototype_shared(duk_hthread *thr)
{
    duk_int_t magic = duk_get_current_magic(thr);
    bool done;
    if (magic == 0) {
        duk_push_this(thr);
        duk_insert(thr, 0);
        if (!px_first(thr)) {
            duk_remove(thr, 0);
            return swd_unit_setprototype(thr);
        }
        if (!duk_is_object(thr, 1) && !duk_is_null(thr, 1))
            return 0;
    } else if (!px_first(thr)) {
        return swd_unit_setprototype(thr);
    }
    if (!duk_is_object(thr, 1) && !duk_is_null(thr, 1))
        (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "Object prototype may only be an Object or null");
    done = px_set_proto(thr, 0, 1);
    if (magic == 2) {
        duk_push_boolean(thr, done);
        return 1;
    }
    if (!done)
        px_reject(thr, "setPrototypeOf", "the prototype was not set");
    duk_set_top(thr, 1);
    return magic == 0 ? 0 : 1;
}

/* Before property `k` of the first argument is defined by the descriptor at `desc`: one that says
 * all of a value, as the library's own do, replaces what stands for the property; any other is
 * about the property itself, which is made. */
static void px_make_for(duk_hthread *thr, duk_hstring *k, duk_idx_t desc)
{
    if (!px_stands(thr, 0, k) || !duk_is_object(thr, desc) ||
        (duk_has_prop_literal(thr, desc, "value") && duk_has_prop_literal(thr, desc, "writable")))
        return;
    px_make(thr, 0, k);
}

DUK_INTERNAL duk_ret_t duk_bi_object_constructor_define_property(duk_hthread *thr)
{
    bool reflect = duk_get_current_magic(thr) != 0, done;
    if (!duk_is_object(thr, 0))
        return swd_unit_defineproperty(thr);
    if (!(px_is(thr, 0) || DUK_HOBJECT_IS_BUFOBJ(duk_known_hobject(thr, 0)))) {
        px_make_for(thr, duk_to_property_key_hstring(thr, 1), 2);
        return swd_unit_defineproperty(thr);
    }
    (void)duk_to_property_key_hstring(thr, 1);
    (void)duk_require_hobject(thr, 2);
    done = px_define(thr, 0, 1, 2, !reflect);
    if (reflect)
        duk_push_boolean(thr, done);
    else
        duk_dup(thr, 0);
    return 1;
}

/* Makes the properties of the first argument that the second, which is no Proxy, is to change. */
static void px_make_named(duk_hthread *thr)
{
    duk_hobject *names;
    if (!duk_is_object(thr, 0) || !duk_is_object(thr, 1))
        return;
    names = duk_known_hobject(thr, 1);
    for (duk_uint32_t e = 0; e < DUK_HOBJECT_GET_ENEXT(names); e++) {
        duk_hstring *k = DUK_HOBJECT_E_GET_KEY(thr->heap, names, e);
        if (!k || DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, names, e))
            continue;
        duk_push_tval(thr, DUK_HOBJECT_E_GET_VALUE_TVAL_PTR(thr->heap, names, e));
        px_make_for(thr, k, duk_get_top_index(thr));
        duk_pop(thr);
    }
}

DUK_INTERNAL duk_ret_t duk_bi_object_constructor_define_properties(duk_hthread *thr)
{
    duk_uarridx_t n, kept = 0;
    if (!px_first(thr) && !(duk_is_object(thr, 1) && px_is(thr, 1))) {
        px_make_named(thr);
        return swd_unit_defineproperties(thr);
    }
    (void)duk_require_hobject(thr, 0);
    duk_to_object(thr, 1);
    px_own_keys(thr, 1); /* 2 */
    duk_push_array(thr); /* 3: keys and complete descriptors */
    n = (duk_uarridx_t)duk_get_length(thr, 2);
    for (duk_uarridx_t i = 0; i < n; i++) {
        struct px_desc d;
        duk_get_prop_index(thr, 2, i); /* 4 */
        if (px_is_enumerable(thr, 1, 4)) {
            duk_dup(thr, 4);
            duk_get_prop(thr, 1); /* 5 */
            (void)duk_require_hobject(thr, 5);
            px_read_desc(thr, 5, &d);
            px_push_desc(thr, &d, false);
            duk_put_prop_index(thr, 3, kept + 1);
            duk_dup(thr, 4);
            duk_put_prop_index(thr, 3, kept);
            kept += 2;
        }
        duk_set_top(thr, 4);
    }
    for (duk_uarridx_t i = 0; i < kept; i += 2) {
        duk_get_prop_index(thr, 3, i);
        duk_get_prop_index(thr, 3, i + 1);
        (void)px_define(thr, 0, 4, 5, true);
        duk_set_top(thr, 4);
    }
    duk_dup(thr, 0);
    return 1;
}

DUK_INTERNAL duk_ret_t duk_bi_object_constructor_get_own_property_descriptor(duk_hthread *thr)
{
    if (duk_get_current_magic(thr) == 0)
        duk_to_object(thr, 0);
    else
        (void)duk_require_hobject_promote_mask(thr, 0,
                                               DUK_TYPE_MASK_LIGHTFUNC | DUK_TYPE_MASK_BUFFER);
    (void)duk_to_property_key_hstring(thr, 1);
    px_get_own(thr, 0, 1);
    return 1;
}

DUK_INTERNAL duk_ret_t duk_bi_object_constructor_is_extensible(duk_hthread *thr)
{
    if (!px_first(thr))
        return swd_unit_isextensible(thr);
    duk_push_boolean(thr, px_is_extensible(thr, 0));
    return 1;
}

DUK_INTERNAL duk_ret_t duk_bi_object_constructor_prevent_extensions(duk_hthread *thr)
{
    bool done;
    if (!px_first(thr)) {
        if (duk_is_object(thr, 0))
            px_make_all(thr, 0);
        return swd_unit_preventextensions(thr);
    }
    done = px_prevent(thr, 0);
    if (duk_get_current_magic(thr) != 0) {
        duk_push_boolean(thr, done);
        return 1;
    }
    if (!done)
        px_reject(thr, "preventExtensions", "trap returned falsish");
    duk_dup(thr, 0);
    return 1;
}

DUK_INTERNAL duk_ret_t duk_bi_object_constructor_keys_shared(duk_hthread *thr)
{
    duk_int_t magic = duk_get_current_magic(thr);
    duk_uarridx_t n, kept = 0;
    if (!px_first(thr))
        return swd_unit_keys(thr);
    duk_set_top(thr, 1);
    px_own_keys(thr, 0); /* 1 */
    if (magic == 3)
        return 1;
    duk_push_array(thr); /* 2 */
    n = (duk_uarridx_t)duk_get_length(thr, 1);
    for (duk_uarridx_t i = 0; i < n; i++) {
        duk_get_prop_index(thr, 1, i); /* 3 */
        if (duk_is_symbol(thr, 3) == (magic == 2) && (magic != 0 || px_is_enumerable(thr, 0, 3)))
            duk_put_prop_index(thr, 2, kept++);
        duk_set_top(thr, 3);
    }
    return 1;
}

/* `magic` 0: seal, 1: freeze. */
DUK_INTERNAL duk_ret_t duk_bi_object_constructor_seal_freeze_shared(duk_hthread *thr)
{
    bool freeze = duk_get_current_magic(thr) != 0;
    duk_uarridx_t n;
    if (!px_first(thr)) {
        if (!duk_is_object(thr, 0))
            return swd_unit_sealfreeze(thr);
        px_make_all(thr, 0);
        (void)swd_unit_sealfreeze(thr);
        if (freeze && DUK_HOBJECT_IS_ARRAY(duk_known_hobject(thr, 0)))
            DUK_HARRAY_SET_LENGTH_NONWRITABLE((duk_harray *)duk_known_hobject(thr, 0));
        return 1;
    }
    if (!px_prevent(thr, 0))
        px_reject(thr, "preventExtensions", "trap returned falsish");
    px_own_keys(thr, 0); /* 1 */
    n = (duk_uarridx_t)duk_get_length(thr, 1);
    for (duk_uarridx_t i = 0; i < n; i++) {
        struct px_desc d;
        duk_get_prop_index(thr, 1, i); /* 2 */
        px_get_own(thr, 0, 2);         /* 3 */
        px_read_desc(thr, 3, &d);
        if (d.is || !freeze) {
            duk_push_object(thr);
            px_put_flag(thr, "configurable", true, false);
            px_put_flag(thr, "writable", freeze && PX_IS_DATA(&d), false);
            (void)px_define(thr, 0, 2, duk_get_top_index(thr), true);
        }
        duk_set_top(thr, 2);
    }
    duk_dup(thr, 0);
    return 1;
}

DUK_INTERNAL duk_ret_t duk_bi_object_constructor_is_sealed_frozen_shared(duk_hthread *thr)
{
    bool frozen = duk_get_current_magic(thr) != 0, yes = true;
    duk_uarridx_t n;
    if (!px_first(thr))
        return swd_unit_issealedfrozen(thr);
    if (px_is_extensible(thr, 0)) {
        duk_push_false(thr);
        return 1;
    }
    px_own_keys(thr, 0); /* 1 */
    n = (duk_uarridx_t)duk_get_length(thr, 1);
    for (duk_uarridx_t i = 0; i < n && yes; i++) {
        struct px_desc d;
        duk_get_prop_index(thr, 1, i); /* 2 */
        px_get_own(thr, 0, 2);         /* 3 */
        px_read_desc(thr, 3, &d);
        yes = !d.is || (!PX_CONFIGURABLE(&d) && !(frozen && PX_IS_DATA(&d) && PX_IS(&d, WRITABLE)));
        duk_set_top(thr, 2);
    }
    duk_push_boolean(thr, yes);
    return 1;
}

/* hasOwnProperty(), propertyIsEnumerable(). */
DUK_INTERNAL duk_bool_t duk_hobject_object_ownprop_helper(duk_hthread *thr,
                                                          duk_small_uint_t required)
{
    bool yes;
    duk_push_this(thr);
    if (!duk_is_object(thr, -1) || !px_is(thr, duk_get_top_index(thr))) {
        duk_pop(thr);
        return swd_unit_ownprop(thr, required);
    }
    (void)duk_to_property_key_hstring(thr, 0);
    px_get_own(thr, duk_get_top_index(thr), 0);
    yes = duk_is_object(thr, -1) &&
          (!(required & DUK_PROPDESC_FLAG_ENUMERABLE) ||
           (duk_get_prop_literal(thr, -1, "enumerable") && duk_to_boolean(thr, -1)));
    duk_push_boolean(thr, yes);
    return 1;
}

DUK_INTERNAL duk_ret_t duk_bi_reflect_object_has(duk_hthread *thr)
{
    (void)duk_require_hobject(thr, 0);
    (void)duk_to_property_key_hstring(thr, 1);
    duk_push_boolean(thr, px_has(thr, 0, 1));
    return 1;
}

DUK_INTERNAL duk_ret_t duk_bi_reflect_object_delete_property(duk_hthread *thr)
{
    (void)duk_require_hobject(thr, 0);
    (void)duk_to_property_key_hstring(thr, 1);
    duk_push_boolean(thr, px_delete(thr, 0, 1));
    return 1;
}

/* With a receiver, whatever the objects are. */
DUK_INTERNAL duk_ret_t duk_bi_reflect_object_get(duk_hthread *thr)
{
    duk_idx_t n = duk_get_top(thr);
    duk_set_top(thr, 3);
    (void)duk_require_hobject(thr, 0);
    (void)duk_to_property_key_hstring(thr, 1);
    if (n < 3) {
        duk_dup(thr, 0);
        duk_replace(thr, 2);
    }
    px_get(thr, 0, 1, 2);
    return 1;
}

DUK_INTERNAL duk_ret_t duk_bi_reflect_object_set(duk_hthread *thr)
{
    duk_idx_t n = duk_get_top(thr);
    duk_bool_t done;
    duk_set_top(thr, 4);
    (void)duk_require_hobject(thr, 0);
    (void)duk_to_property_key_hstring(thr, 1);
    if (n < 4 || duk_strict_equals(thr, 0, 3)) {
        duk_dup(thr, 1);
        duk_dup(thr, 2);
        done = duk_hobject_putprop(thr, DUK_GET_TVAL_POSIDX(thr, 0), DUK_GET_TVAL_POSIDX(thr, 4),
                                   DUK_GET_TVAL_POSIDX(thr, 5), 0);
    } else {
        done = px_set(thr, 0, 1, 2, 3);
    }
    duk_push_boolean(thr, done);
    return 1;
}
