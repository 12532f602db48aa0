#!/bin/sh
# Makes duk_config.h, duktape.h and duktape.c in OUT from the packaged source in DIR.
#
#     gen-duk.sh DIR OUT OVERRIDES
#
# duk_config.h gets the overrides at its marker comment. duktape.c gets the substitutions below,
# each of which must match exactly once: a Duktape whose text differs fails the build here, by
# name, instead of losing a limit silently.
set -eu

dir=$1 out=$2 overrides=$3
work=$(mktemp -d "$out/gen.XXXXXX")
trap 'rm -rf "$work"' EXIT

die() {
    echo "gen-duk.sh: $*" >&2
    exit 1
}

for f in duk_config.h duktape.h duktape.c; do
    test -r "$dir/$f" || die "$dir/$f is missing: apt-get install duktape-dev"
done

# once WHAT PATTERN FILE: the basic regular expression matches exactly one line.
once() {
    n=$(grep -c -- "$2" "$3" || true)
    test "$n" = 1 || die "$1: expected 1 line in $3 to match '$2', found $n" \
        "(another version of Duktape than this was written for)"
}

# sub WHAT PATTERN REPLACEMENT: in duktape.c.
sub() {
    once "$1" "$2" "$work/duktape.c"
    sed "s|$2|$3|" "$work/duktape.c" >"$work/next"
    mv "$work/next" "$work/duktape.c"
}

once "override marker" '^/\* __OVERRIDE_DEFINES__ \*/$' "$dir/duk_config.h"
sed "/^\/\* __OVERRIDE_DEFINES__ \*\/\$/r $overrides" "$dir/duk_config.h" >"$work/duk_config.h"
cp "$dir/duktape.h" "$work/duktape.h"
cp "$dir/duktape.c" "$work/duktape.c"

# The timeout hook is asked every 1024 opcodes instead of every 262144.
sub "interrupt interval" \
    '^#define DUK_HTHREAD_INTCTR_DEFAULT (256L \* 1024L)$' \
    '#define DUK_HTHREAD_INTCTR_DEFAULT SWD_HOOK_INTERVAL'

# A regexp asks the timeout hook every so many steps, instead of failing after 1e9.
sub "regexp step limit" \
    '^#define DUK_RE_EXECUTE_STEPS_LIMIT 1000000000L .*$' \
    '#define DUK_RE_EXECUTE_STEPS_LIMIT SWD_HOOK_RE_STEPS'
sub "regexp step check" \
    '^\(	*\)DUK_ERROR_RANGE(re_ctx->thr, DUK_STR_REGEXP_EXECUTOR_STEP_LIMIT);$' \
    '\1SWD_HOOK_RE_CHECK(re_ctx);'
once "regexp step check's return" 'SWD_HOOK_RE_CHECK(re_ctx);' "$work/duktape.c"
sed '/SWD_HOOK_RE_CHECK(re_ctx);/{n;/^	*DUK_WO_NORETURN(return NULL;);$/d;}' \
    "$work/duktape.c" >"$work/next"
mv "$work/next" "$work/duktape.c"

# Entry to the bytecode executor and to the collector, wrapped in duk_unit.c.
sub "bytecode executor" \
    '^DUK_INTERNAL void duk_js_execute_bytecode(duk_hthread \*exec_thr) {$' \
    'static void swd_unit_execute(duk_hthread *exec_thr) {'
sub "mark-and-sweep" \
    '^DUK_INTERNAL void duk_heap_mark_and_sweep(duk_heap \*heap, duk_small_uint_t flags) {$' \
    'static void swd_unit_sweep(duk_heap *heap, duk_small_uint_t flags) {'

# The compiler counts its recursion only; what a level costs in native stack depends on the build.
sub "compiler recursion" \
    '^\(	*\)DUK_ASSERT(comp_ctx->recursion_depth >= 0);$' \
    '\1duk_native_stack_check(comp_ctx->thr);'

# eval and Function see what the translator made of their text.
sub "eval" \
    '^DUK_INTERNAL duk_ret_t duk_bi_global_object_eval(duk_hthread \*thr) {$' \
    'static duk_ret_t swd_unit_eval(duk_hthread *thr) {'
sub "Function" \
    '^DUK_INTERNAL duk_ret_t duk_bi_function_constructor(duk_hthread \*thr) {$' \
    'static duk_ret_t swd_unit_function(duk_hthread *thr) {'

# An error with no catch point goes to the fatal handler as it is: Duktape would first push it as
# text, on a heap that may be half built or out of memory.
sub "uncaught error" \
    '^\(	*\)duk__uncaught_error_aware(thr);$' \
    '\1swd_hook_fatal(thr->heap->heap_udata, "uncaught error");'

# Strict and bound functions have no `caller` and `arguments` of their own since ES2015; each closure
# paid for two accessors.
for which in -1 -2; do
    for key in CALLER LC_ARGUMENTS; do
        sub "function restrictions" \
            "^\\(	*\\)duk_xdef_prop_stridx_thrower(thr, $which, DUK_STRIDX_$key);\$" '\1(void) 0;'
    done
done

# Own properties of a closure, the name of its file (engine/duk_closure.h).
once "a closure's properties" '^	for (i = 0; i < (duk_small_uint_t) (sizeof(duk__closure_copy_proplist)' \
    "$work/duktape.c"
once "a closure's table" '^	duk_compact(thr, -2);$' "$work/duktape.c"
sed '/^	for (i = 0; i < (duk_small_uint_t) (sizeof(duk__closure_copy_proplist)/,/^	duk_compact(thr, -2);$/c\
	(void) i; (void) formals;\
	swd_closure_props(thr, fun_clos, fun_temp, add_auto_proto);' \
    "$work/duktape.c" >"$work/next"
mv "$work/next" "$work/duktape.c"
sub "a function's constants" '^	consts_count = duk_hobject_get_length(thr, func->h_consts);$' \
    '	swd_closure_file(thr, func->h_consts, comp_ctx->h_filename);\n&'
sub "a function's file" \
    '^		duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_FILE_NAME, DUK_PROPDESC_FLAGS_NONE);$' \
    '		duk_pop(thr);'
n=$(grep -c '^	duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_FILE_NAME, DUK_PROPDESC_FLAGS_C);$' \
    "$work/duktape.c" || true)
test "$n" = 2 || die "files of bound and loaded functions: expected 2 lines to match, found $n"
sed 's/^	duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_FILE_NAME, DUK_PROPDESC_FLAGS_C);$/	duk_pop(thr);/' \
    "$work/duktape.c" >"$work/next"
mv "$work/next" "$work/duktape.c"
sub "a frame's file" '^				duk_get_prop_stridx_short(thr, -3, DUK_STRIDX_FILE_NAME);$' \
    '				swd_closure_push_file(thr, -3);'

# Lines of compiled code are places of the source that was translated (engine/place.h): recorded by
# the compiler, shown by errors.
n=$(grep -c '^	instr->line = (duk_uint32_t) line;$' "$work/duktape.c" || true)
test "$n" = 2 || die "recorded lines: expected 2 lines to match, found $n"
sed 's/^	instr->line = (duk_uint32_t) line;$/	instr->line = SWD_HOOK_PLACE(line);/' \
    "$work/duktape.c" >"$work/next"
mv "$work/next" "$work/duktape.c"
sub "an error's lineNumber" \
    '^\(	*\)duk_push_uint(thr, line);$' '\1duk_push_uint(thr, SWD_PLACE_LINE(line));'
sub "a frame's line" \
    '^\([	 ]*\)(unsigned long) line,$' \
    '\1(unsigned long) SWD_PLACE_LINE(line), swd_place_column(line),'
sub "a frame's format" '"at %s (%s:%lu)%s%s%s%s%s",$' '"at %s (%s:%lu%s)%s%s%s%s%s",'

# Accessors of object literals are named `get x` and `set x`.
sub "an accessor's name" \
    '^		comp_ctx->curr_func.h_name = duk_known_hstring(thr, -1); /\* borrowed reference \*/$' \
    '		duk_push_hstring(thr, comp_ctx->prev_token.str1); duk_push_literal(thr, " "); duk_pull(thr, -3); duk_concat(thr, 3);\n&'

# Opcodes for the helpers of generated code (engine/duk_op.h): declared, tried where a call of an
# identifier is compiled, run by the executor. And identifiers that are private names.
once "expression parser" '^DUK_LOCAL_DECL void duk__expr_led(' "$work/duktape.c"
sed '/^DUK_LOCAL_DECL void duk__expr_led(/a\
static duk_bool_t swd_op_call(duk_compiler_ctx *comp, duk_ivalue *left, duk_ivalue *res, duk_regconst_t reg);\
static duk_bool_t swd_op_private_name(duk_hthread *thr, duk_hstring *h);\
static duk_bool_t swd_op_run(duk_hthread *thr, duk_small_uint_t which, duk_idx_t base);\
static duk_instr_t *swd_op_behind(duk_hthread *thr, duk_instr_t *pc, duk_idx_t base);' \
    "$work/duktape.c" >"$work/next"
mv "$work/next" "$work/duktape.c"
once "helper calls" '^		duk_small_uint_t call_op = DUK_OP_CALL0;$' "$work/duktape.c"
sed '/^		duk_small_uint_t call_op = DUK_OP_CALL0;$/a\
		if (swd_op_call(comp_ctx, left, res, reg_cs)) return;' \
    "$work/duktape.c" >"$work/next"
mv "$work/next" "$work/duktape.c"
once "an emitter's flag" '^#define DUK__EMIT_FLAG_BC_REGCONST      (1 << 14) ' "$work/duktape.c"
sub "private names" \
    '^\(	*\)duk__ivalue_var_hstring(comp_ctx, res, tk->str1);$' \
    '\1if (swd_op_private_name(thr, tk->str1)) goto plain_value;\n&'
sub "helper opcode's old place" '^		case DUK_OP_UNUSED255:$' ''
sub "odd opcode's old place" '^		case DUK_OP_UNUSED254:$' ''
sub "what the opcodes have in sight" '^struct duk_heap {$' '&\n	struct swd_sight swd_arrays[2];'
sub "key opcode's old place" '^		case DUK_OP_UNUSED240:$' ''
sub "key of a compound assignment" \
    '^\(	*\)duk__emit_a_b_c(comp_ctx, DUK_OP_GETPROP . DUK__EMIT_FLAG_BC_REGCONST, reg_temp, reg_obj, rc_key);$' \
    '\1duk__emit_a_b_c(comp_ctx, (DUK__ISREG(rc_key) ? SWD_OP_GETPROP_KEY : DUK_OP_GETPROP) + DUK__EMIT_FLAG_BC_REGCONST, reg_temp, reg_obj, rc_key);'
sub "key of an increment" '^			rc = duk_hobject_getprop(thr, tv_obj, tv_key); /\* -> \[val\] \*/$' \
    '			if (DUK_UNLIKELY(DUK_TVAL_IS_OBJECT(tv_key))) {\n				z = swd_op_increment(thr, tv_obj, tv_key, ins, DUK__STRICT());\n				tv_dst = DUK__REGP_A(ins);\n				DUK_TVAL_SET_NUMBER_UPDREF(thr, tv_dst, z);\n				break;\n			}\n&'
sub "helper opcode" '^		case DUK_OP_NEWTARGET: {$' \
    '		case SWD_OP_GETPROP_KEY: {\n			if (DUK_UNLIKELY(DUK_TVAL_IS_OBJECT(DUK__REGP_C(ins)))) swd_op_to_key(thr, DUK_DEC_B(ins), DUK_DEC_C(ins));\n			DUK__GETPROP_BODY(DUK__REGP_B(ins), DUK__REGP_C(ins));\n		}\n		case SWD_OP_ODD:\n			if (swd_op_arrays(thr)) {\n				duk_tval *swd_to = thr->valstack_bottom + DUK_DEC_BC(ins);\n				DUK_TVAL_SET_BOOLEAN_UPDREF(thr, swd_to, 0);\n				curr_pc = swd_op_behind(thr, curr_pc, (duk_idx_t) DUK_DEC_BC(ins));\n				break;\n			}\n			/* fall through */\n		case SWD_OP_HELPER: {\n			if (!swd_op_run(thr, DUK_DEC_A(ins), (duk_idx_t) DUK_DEC_BC(ins))) curr_pc++;\n			else curr_pc = swd_op_behind(thr, curr_pc, (duk_idx_t) DUK_DEC_BC(ins));\n			break;\n		}\n&'

# The text of a function is what the standard lets it be where the source is not kept, and natives
# inherit Function.prototype itself.
sub "a function's text" \
    '"function %s() { \[ecmascript code\] }", (const char \*) func_name);$' \
    '"function %s() { [native code] }", (const char *) func_name);'
sub "a bound function's text" \
    '"function %s() { \[bound code\] }", (const char \*) func_name);$' \
    '"function %s() { [native code] }", (const char *) func_name);'
sub "prototype of natives" \
    '^	return duk__push_c_function_raw(thr, func, nargs, flags, DUK_BIDX_NATIVE_FUNCTION_PROTOTYPE);$' \
    '	return duk__push_c_function_raw(thr, func, nargs, flags, DUK_BIDX_FUNCTION_PROTOTYPE);'

# new Error(message, { cause }), and typed arrays of iterables: in duk_unit.c.
sub "cause of an error" \
    '^	/\* Augment the error if called as a normal function.  __FILE__ and __LINE__$' \
    '	swd_unit_error_cause(thr);\
&'
sub "typed array of an iterable" \
    "^	/\* We could fit built-in index into magic but that'd make the magic\$" \
    '	swd_unit_typed_arg(thr);\
&'

# Objects whose marking is put off for depth are remembered (duk_unit.c), so that a long chain costs
# one pass and not one for every 256 links.
sub "marking put off" \
    '^		DUK_HEAP_SET_MARKANDSWEEP_RECLIMIT_REACHED(heap);$' \
    '		SWD_MARK_LATER(heap, h);'
sub "marking resumed" \
    '^	while (DUK_HEAP_HAS_MARKANDSWEEP_RECLIMIT_REACHED(heap)) {$' \
    '	while (SWD_MARK_RESUME(heap)) {'

# Promises (engine/duk_promise.h): what they refer to is marked and let go, their class is "Object".
sub "marking promises" \
    '^		duk__mark_tvals(heap, f->args, f->nargs);$' \
    '&\
	} else if (SWD_IS_PROMISE(h)) {\
		SWD_PROMISE_MARK(heap, h);'
sub "letting go of promises" \
    '^		duk__decref_tvals_norz(thr, f->args, f->nargs);$' \
    '&\
	} else if (SWD_IS_PROMISE(h)) {\
		SWD_PROMISE_DECREF(thr, h);'
n=$(grep -c '^	DUK_STRIDX_EMPTY_STRING, /\* UNUSED, intentionally empty \*/$' "$work/duktape.c" || true)
test "$n" = 2 || die "unused classes: expected 2 lines to match, found $n"
sed 's|^	DUK_STRIDX_EMPTY_STRING, /\* UNUSED, intentionally empty \*/$|	DUK_STRIDX_UC_OBJECT,|' \
    "$work/duktape.c" >"$work/next"
mv "$work/next" "$work/duktape.c"

# A trap that is undefined or null is no trap.
sub "missing traps" \
    '^\(	*\)if (duk_get_prop_stridx_short(thr, -1, stridx_trap)) {$' \
    '\1if (duk_get_prop_stridx_short(thr, -1, stridx_trap) \&\& !duk_is_null_or_undefined(thr, -1)) {'

# What is told of an object's end is a cell, without a call (duk_unit.c): Duktape would call the
# finaliser on the heap's first thread, and could not while a coroutine runs.
sub "finalisers" \
    '^DUK_INTERNAL void duk_heap_run_finalizer(duk_heap \*heap, duk_hobject \*obj) {$' \
    'static __attribute__((unused)) void swd_unit_run_finalizer(duk_heap *heap, duk_hobject *obj) {'

# Proxies as ES2023 has them (duk_proxy.h). within FUNCTION WHAT PATTERN REPLACEMENT: as sub, but only
# between the line that matches FUNCTION and the next that is a closing brace.
within() {
    n=$(sed -n "/$1/,/^}/p" "$work/duktape.c" | grep -c -- "$3" || true)
    test "$n" = 1 || die "$2: expected 1 line in $1 to match '$3', found $n"
    sed "/$1/,/^}/s|$3|$4|" "$work/duktape.c" >"$work/next"
    mv "$work/next" "$work/duktape.c"
}
sub "declarations for proxies" \
    '^DUK_INTERNAL_DECL void duk_proxy_ownkeys_postprocess(.*$' \
    '&\n#include "engine/duk_decl.h"'
getprop='^DUK_INTERNAL duk_bool_t duk_hobject_getprop(.*{$'
hasprop='^DUK_INTERNAL duk_bool_t duk_hobject_hasprop(.*{$'
putprop='^duk_hobject_putprop(.*{$'
delprop='^DUK_INTERNAL duk_bool_t duk_hobject_delprop(.*{$'
chain='^		curr = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, curr);$'
within "$getprop" "get of a proxy" '^		if (DUK_UNLIKELY(DUK_HOBJECT_IS_PROXY(curr))) {$' \
    '&\n			if (swd_proxy_asks(tv_key)) return swd_proxy_get(thr, curr, tv_obj, tv_key);'
within "$getprop" "get behind a proxy" 'curr = h_target; ' \
    'curr = duk_hobject_resolve_proxy_target(h_target); '
within "$getprop" "get of an inherited proxy" "$chain" \
    '&\n		if (curr != NULL \&\& DUK_UNLIKELY(DUK_HOBJECT_IS_PROXY(curr))) {\n			duk_tval swd_key;\n			DUK_TVAL_SET_STRING(\&swd_key, key);\n			if (!swd_proxy_asks(\&swd_key)) break;\n			rc = swd_proxy_get(thr, curr, tv_obj, \&swd_key);\n			duk_remove_m2(thr);\n			return rc;\n		}'
within "$getprop" "get's result" '^	duk_uint_t sanity;$' '&\n	duk_bool_t rc;'
within "$hasprop" "has of a proxy" '^	if (DUK_UNLIKELY(DUK_HOBJECT_IS_PROXY(obj))) {$' \
    '&\n		if (swd_proxy_asks(tv_key)) {\n			rc = swd_proxy_has(thr, obj, key);\n			goto pop_and_return;\n		}'
within "$hasprop" "has behind a proxy" 'obj = h_target; ' \
    'obj = duk_hobject_resolve_proxy_target(h_target); '
within '^duk__get_propdesc(.*{$' "has of an inherited proxy" "$chain" \
    '&\n		if (curr != NULL \&\& DUK_UNLIKELY(DUK_HOBJECT_IS_PROXY(curr))) return swd_proxy_has(thr, curr, key);'
within "$putprop" "set of a proxy" '^		if (DUK_UNLIKELY(DUK_HOBJECT_IS_PROXY(orig))) {$' \
    '&\n			if (swd_proxy_asks(tv_key)) return swd_proxy_set(thr, orig, tv_obj, tv_key, tv_val, throw_flag);'
within "$putprop" "set behind a proxy" 'orig = h_target; ' \
    'orig = duk_hobject_resolve_proxy_target(h_target); '
within "$putprop" "set of an inherited proxy" "$chain" \
    '&\n		if (curr != NULL \&\& DUK_UNLIKELY(DUK_HOBJECT_IS_PROXY(curr))) {\n			duk_tval swd_key;\n			DUK_TVAL_SET_STRING(\&swd_key, key);\n			if (!swd_proxy_asks(\&swd_key)) break;\n			rc = swd_proxy_set(thr, curr, tv_obj, \&swd_key, tv_val, throw_flag);\n			duk_pop_unsafe(thr);\n			return rc;\n		}'
# Accessors of scripts get what the standard gives them; natives are told the key too.
within "$getprop" "a getter's key" '^			duk_dup_m3(thr);$' \
    '			if (DUK_HOBJECT_IS_NATFUNC(desc.get)) duk_dup_m3(thr);'
within "$getprop" "a getter's arguments" \
    '^			duk_call_method(thr, 1); /\* \[key getter' \
    '			duk_call_method(thr, DUK_HOBJECT_IS_NATFUNC(desc.get)); /* [key getter'
within "$putprop" "a setter's key" '^			duk_dup_m4(thr);$' \
    '			if (DUK_HOBJECT_IS_NATFUNC(setter)) duk_dup_m4(thr);'
within "$putprop" "a setter's arguments" \
    '^			duk_call_method(thr, 2); /\* \[key setter' \
    '			duk_call_method(thr, 1 + DUK_HOBJECT_IS_NATFUNC(setter)); /* [key setter'
within "$delprop" "delete of a proxy" '^		if (DUK_UNLIKELY(DUK_HOBJECT_IS_PROXY(obj))) {$' \
    '&\n			if (swd_proxy_asks(tv_key)) {\n				rc = swd_proxy_delete(thr, obj, tv_key, throw_flag);\n				goto done_rc;\n			}'
within "$delprop" "delete behind a proxy" 'obj = h_target; ' \
    'obj = duk_hobject_resolve_proxy_target(h_target); '
sub "enumeration of a proxy" \
    '^	if (DUK_LIKELY(!duk_hobject_proxy_check(enum_target, &h_proxy_target, &h_proxy_handler))) {$' \
    '	if (DUK_HOBJECT_IS_PROXY(enum_target)) {\n		swd_proxy_enum(thr, enum_flags);\n		duk_remove_m2(thr);\n		goto compact_and_return;\n	}\n&'
instance='^DUK_LOCAL duk_bool_t duk__js_instanceof_helper('
within "$instance" "instanceof a proxy's target" \
    '^		val = duk_hobject_resolve_proxy_target(val);$' ''
within "$instance" "instanceof of a proxy" '^		val = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, val);$' \
    '		val = swd_proxy_proto(thr, val, -3);'
within '^DUK_LOCAL void duk__handle_proxy_for_call(.*{$' "a call's missing trap" '^	if (rc == 0) {$' \
    '	if (rc == 0 \|\| duk_is_null_or_undefined(thr, -1)) {'
sub "a proxy's target" '^	if (DUK_HOBJECT_IS_PROXY(h_target)) {$' '	if (0) {'
sub "a proxy's handler" '^	if (DUK_HOBJECT_IS_PROXY(h_handler)) {$' '	if (0) {'
within '^DUK_INTERNAL duk_ret_t duk_bi_object_constructor_assign(.*{$' "symbols for Object.assign" \
    'DUK_ENUM_OWN_PROPERTIES_ONLY);' 'DUK_ENUM_OWN_PROPERTIES_ONLY + DUK_ENUM_INCLUDE_SYMBOLS);'
for f in object_getprototype_shared:getprototype object_setprototype_shared:setprototype \
    object_constructor_define_property:defineproperty \
    object_constructor_define_properties:defineproperties \
    object_constructor_is_extensible:isextensible \
    object_constructor_prevent_extensions:preventextensions object_constructor_keys_shared:keys \
    object_constructor_seal_freeze_shared:sealfreeze \
    object_constructor_is_sealed_frozen_shared:issealedfrozen \
    object_constructor_get_own_property_descriptor:getowndescriptor \
    reflect_object_get:reflectget reflect_object_set:reflectset \
    reflect_object_has:reflecthas reflect_object_delete_property:reflectdelete; do
    sub "${f%%:*}" "^DUK_INTERNAL duk_ret_t duk_bi_${f%%:*}(duk_hthread \\*thr) {\$" \
        "static __attribute__((unused)) duk_ret_t swd_unit_${f#*:}(duk_hthread *thr) {"
done
within '^DUK_LOCAL void duk__create_arguments_object(.*{$' "arguments' iterator" \
    '^	/\* steps 13-14 \*/$' '	swd_op_arguments(thr, i_arg);\n&'
for f in read write; do
    sub "DataView $f" "^DUK_INTERNAL duk_ret_t duk_bi_buffer_${f}field(duk_hthread \\*thr) {\$" \
        "static duk_ret_t swd_unit_${f}field(duk_hthread *thr) {"
done
sub "own properties" \
    '^DUK_INTERNAL duk_bool_t duk_hobject_object_ownprop_helper(duk_hthread \*thr, duk_small_uint_t required_desc_flags) {$' \
    'static duk_bool_t swd_unit_ownprop(duk_hthread *thr, duk_small_uint_t required_desc_flags) {'

# Numbers and their text: the common ones without bignums (duk_number.h).
for f in parse:'duk_small_int_t radix, duk_small_uint_t flags' \
    stringify:'duk_small_int_t radix, duk_small_int_t digits, duk_small_uint_t flags'; do
    sub "${f%%:*} of numbers" "^DUK_INTERNAL void duk_numconv_${f%%:*}(duk_hthread \\*thr, ${f#*:}) {\$" \
        "static void swd_unit_number_${f%%:*}(duk_hthread *thr, ${f#*:}) {"
done

# A function that is loaded is what the compiler would have made of it: an inner one is a template,
# without prototype, length and environment of its own, and what is empty is not there.
load='^static const duk_uint8_t \*duk__load_func(.*{$'
within "$load" "loading inner functions" '^		p = duk__load_func(thr, p, p_end);$' \
    '		p = duk__load_func(thr, p, p_end, 1);'
within "$load" "an inner function's length" \
    '^	duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_LENGTH, DUK_PROPDESC_FLAGS_C);$' \
    '	if (inner) duk_pop(thr);\n	else duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_LENGTH, DUK_PROPDESC_FLAGS_C);'
within "$load" "an inner function's own name" \
    '^	if (DUK_HOBJECT_HAS_NAMEBINDING((duk_hobject \*) h_fun)) {$' \
    '	if (!inner \&\& DUK_HOBJECT_HAS_NAMEBINDING((duk_hobject *) h_fun)) {'
within "$load" "an anonymous function's name" \
    '^	duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_NAME, DUK_PROPDESC_FLAGS_C);$' \
    '	if (inner \&\& duk_get_length(thr, -1) == 0) duk_pop(thr);\n	else duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_NAME, DUK_PROPDESC_FLAGS_C);'
within "$load" "an inner function's prototype" \
    '^	if (DUK_HOBJECT_HAS_CONSTRUCTABLE((duk_hobject \*) h_fun)) {$' \
    '	if (!inner \&\& DUK_HOBJECT_HAS_CONSTRUCTABLE((duk_hobject *) h_fun)) {'
within "$load" "missing lines" \
    '^	duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_INT_PC2LINE, DUK_PROPDESC_FLAGS_WC);$' \
    '	if (duk_get_length(thr, -1) == 0) duk_pop(thr);\n	else duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_INT_PC2LINE, DUK_PROPDESC_FLAGS_WC);'
within "$load" "a missing map of variables" \
    '^	duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_INT_VARMAP, DUK_PROPDESC_FLAGS_NONE);$' \
    '	if (swd_unit_empty(thr)) duk_pop(thr);\n	else duk_xdef_prop_stridx_short(thr, -2, DUK_STRIDX_INT_VARMAP, DUK_PROPDESC_FLAGS_NONE);'
within "$load" "a loaded function's room" \
    '^	/\* Return with final function pushed on stack top. \*/$' \
    '	if (inner) DUK_HOBJECT_SET_PROTOTYPE_UPDREF(thr, (duk_hobject *) h_fun, NULL);\n	duk_compact_m1(thr);\n&'
sub "loading a function" '^	p = duk__load_func(thr, p, p_end);$' '	p = duk__load_func(thr, p, p_end, 0);'
sub "loading functions" \
    '^static const duk_uint8_t \*duk__load_func(duk_hthread \*thr, const duk_uint8_t \*p, const duk_uint8_t \*p_end) {$' \
    'static const duk_uint8_t *duk__load_func(duk_hthread *thr, const duk_uint8_t *p, const duk_uint8_t *p_end, duk_bool_t inner) {'

# Arrays (duk_array.h): a stable sort, join() of what contains itself, results of the species, holes at the end of a slice. JSON without
# lone surrogates (duk_unit.c). Dates: fields in their ranges, a time without a zone is local
# (swd_hook_date_fits() in hooks.h), Date.UTC(year).
sub "sort" '^DUK_INTERNAL duk_ret_t duk_bi_array_prototype_sort(duk_hthread \*thr) {$' \
    'static __attribute__((unused)) duk_ret_t swd_unit_sort(duk_hthread *thr) {'
sub "join" '^DUK_INTERNAL duk_ret_t duk_bi_array_prototype_join_shared(duk_hthread \*thr) {$' \
    'static duk_ret_t swd_unit_join(duk_hthread *thr) {'
slice='^DUK_INTERNAL duk_ret_t duk_bi_array_prototype_slice(duk_hthread \*thr) {$'
within "$slice" "slice's result" '^	duk_push_array(thr);$' ''
within "$slice" "slice's species" '^	idx = 0;$' \
    '	swd_op_species(thr, 2, end > start ? (duk_uint32_t) (end - start) : 0);\n&'
within "$slice" "slice's length" '^	duk_push_u32(thr, res_length);$' \
    '	duk_push_u32(thr, (duk_uint32_t) idx);'
within '^DUK_INTERNAL duk_ret_t duk_bi_array_prototype_splice(duk_hthread \*thr) {$' "splice's species" \
    '^	duk_push_array(thr);$' '	swd_op_species(thr, nargs, (duk_uint32_t) del_count);'
within '^DUK_INTERNAL duk_ret_t duk_bi_array_prototype_iter_shared(duk_hthread \*thr) {$' "map's species" \
    '^		duk_push_array(thr);$' '		swd_op_species(thr, 2, iter_type == DUK__ITER_MAP ? len : 0);'
within '^DUK_INTERNAL duk_ret_t duk_bi_array_prototype_concat(duk_hthread \*thr) {$' "concat's species" \
    '^	duk_push_array(thr); /\* -> ' '	swd_op_species(thr, 0, 0); /* -> '
within '^DUK_LOCAL void duk__json_enc_quote_string(duk_json_enc_ctx \*js_ctx, duk_hstring \*h_str) {$' \
    "lone surrogates" '^					/\* as is \*/$' \
    '					if (swd_unit_lone(p_start, p_tmp, p_end, (duk_uint_t) cp)) q = duk__emit_esc_auto_fast(js_ctx, cp, q);\n					else'
iso='^DUK_LOCAL duk_bool_t duk__parse_string_iso8601_subset(duk_hthread \*thr, const char \*str) {$'
within "$iso" "a date's fields" '^	/\* Apply timezone offset to get the main parts in UTC \*/$' \
    '	if (!swd_hook_date_fits(parts, neg_year)) {\n		duk_push_nan(thr);\n		return 1;\n	}\n&'
within "$iso" "a date's zone" '^	d = duk_bi_date_get_timeval_from_dparts(dparts, 0 /\*flags\*/);$' \
    '	d = duk_bi_date_get_timeval_from_dparts(dparts, ch == 0 \&\& part_idx >= DUK__PI_HOUR \&\& part_idx < DUK__PI_TZHOUR ? DUK_DATE_FLAG_LOCALTIME : 0);'
within '^DUK_INTERNAL duk_ret_t duk_bi_typedarray_set(duk_hthread \*thr) {$' "a negative place" '^		DUK_DCERROR_TYPE_INVALID_ARGS(thr);$' \
    '		DUK_DCERROR_RANGE_INVALID_ARGS(thr);'
within '^DUK_INTERNAL duk_ret_t duk_bi_date_constructor_utc(duk_hthread \*thr) {$' "Date.UTC of a year" \
    '^	if (nargs < 2) {$' '	if (nargs < 1) {'

# A refused allocation is retried after 3 collections, not 10: each visits the whole heap.
once "collections on refusal" '^#define DUK_HEAP_ALLOC_FAIL_MARKANDSWEEP_LIMIT \\$' \
    "$work/duktape.c"
sed '/^#define DUK_HEAP_ALLOC_FAIL_MARKANDSWEEP_LIMIT \\$/{n;s/^	10 /	SWD_HOOK_REFUSED_GCS /;}' \
    "$work/duktape.c" >"$work/next"
mv "$work/next" "$work/duktape.c"
once "collections on refusal" '^	SWD_HOOK_REFUSED_GCS ' "$work/duktape.c"
once "emergency collections" '^#define DUK_HEAP_ALLOC_FAIL_MARKANDSWEEP_EMERGENCY_LIMIT \\$' \
    "$work/duktape.c"
sed '/^#define DUK_HEAP_ALLOC_FAIL_MARKANDSWEEP_EMERGENCY_LIMIT \\$/{n;s/^	3 /	SWD_HOOK_GENTLE_GCS /;}' \
    "$work/duktape.c" >"$work/next"
mv "$work/next" "$work/duktape.c"
once "emergency collections" '^	SWD_HOOK_GENTLE_GCS ' "$work/duktape.c"

{
    echo "/* Of the generated duk_config.h and duktape.c. */"
    printf '#define SWD_DUK_HASH "%s"\n' \
        "$(cat "$work/duk_config.h" "$work/duktape.c" | cksum | awk '{printf "%08x", $1}')"
} >"$work/duk_hash.h"

for f in duk_config.h duktape.h duktape.c duk_hash.h; do
    cmp -s "$work/$f" "$out/$f" || mv "$work/$f" "$out/$f"
done
