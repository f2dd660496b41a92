/* Names as people wrote them, namespaces, and the dominator tree against a slow one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "wasm/demangle.h"
#include "wasm/graph.h"

static const struct {
    const char *raw, *name, *namespace;
} names[] = {
    {"_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write", "core"},
    {"_ZN4core3fmt5write17h0123456789abcdefE.llvm.1234", "core::fmt::write", "core"},
    {"_RNvCs1234_7mycrate3foo", "mycrate::foo", "mycrate"},
    {"core::fmt::write::h0123456789abcdef", "core::fmt::write", "core"},
    {"automerge[48a3c19e601da739]::sync::go", "automerge::sync::go", "automerge"},
    {"automerge[48a3c19e601da739]::sync::go[12]", "automerge::sync::go", "automerge"},
    {"core::ptr::drop_in_place::<u8>[1]", "core::ptr::drop_in_place::<u8>", "core"},
    {"[1]", "[1]", "(none)"},
    {"automerge\\5b48a3c19e601da739\\5d::sync::go", "automerge::sync::go", "automerge"},
    {"<alloc::vec::Vec<T> as core::ops::Drop>::drop",
     "<alloc::vec::Vec<T> as core::ops::Drop>::drop", "alloc"},
    {"<&mut W as core::fmt::Write>::write_str", "<&mut W as core::fmt::Write>::write_str", "core"},
    {"<str as serde::Serialize>::serialize", "<str as serde::Serialize>::serialize", "serde"},
    {"<dyn core::any::Any>::is", "<dyn core::any::Any>::is", "core"},
    {"core::ptr::drop_in_place<alloc::string::String>",
     "core::ptr::drop_in_place<alloc::string::String>", "core"},
    {"_ZN2js5Value3getEi", "js::Value::get(int)", "js"},
    {"__ZN2js5Value3getEi", "js::Value::get(int)", "js"},
    {"orig$_ZN2js5Value3getEi", "js::Value::get(int)", "js"},
    {"void std::sort<int*>(int*, int*)", "void std::sort<int*>(int*, int*)", "std"},
    /* Template parameters that libiberty of 2023 does not know (Itanium C++ ABI, `Tn`). */
    {"_ZN3fmt5writeIdTnNSt3__29enable_ifIXsr3std1fIT_EE5valueEiE4typeELi0EEEvS9_",
     "_ZN3fmt5writeIdTnNSt3__29enable_ifIXsr3std1fIT_EE5valueEiE4typeELi0EEEvS9_", "fmt"},
    {"_ZNKSt3__26appendIPKcTnNS_9enable_ifIXsr1fIT_EE5valueEiE4typeELi0EEERS5_SA_SA_",
     "_ZNKSt3__26appendIPKcTnNS_9enable_ifIXsr1fIT_EE5valueEiE4typeELi0EEERS5_SA_SA_", "std"},
    {"_ZNSt3__26vectorIiE4sizeB8ne180100Ev", "std::__2::vector<int>::size()", "std"},
    {"_ZNSt3__210shared_ptrIN1a1bEEC2B8ne180100IS2_vEEPT_",
     "std::__2::shared_ptr<a::b>::shared_ptr<a::b, void>(a::b*)", "std"},
    {"std::__2::vector<int>::size[abi:v15000]() const", "std::__2::vector<int>::size() const",
     "std"},
    {"_ZN1a1fB5cxx11Ev", "a::f[abi:cxx11]()", "a"},
    {"a::f[abi:cxx11](int)", "a::f[abi:cxx11](int)", "a"},
    {"_ZN1aB9ne180100Ev", "_ZN1aB9ne180100Ev", "a"},
    {"_ZN12_GLOBAL__N_11fIdTnXX", "_ZN12_GLOBAL__N_11fIdTnXX", "(anonymous namespace)"},
    {"_ZN99999999999999999999x", "_ZN99999999999999999999x", "(none)"},
    {"_ZN3fooE?", "_ZN3fooE?", "(none)"},
    {"(anonymous namespace)::helper(int)", "(anonymous namespace)::helper(int)",
     "(anonymous namespace)"},
    {"non-virtual thunk to js::A::f()", "non-virtual thunk to js::A::f()", "js"},
    {"runtime.mallocgc", "runtime.mallocgc", "runtime"},
    {"github.com/a/b.(*T).M", "github.com/a/b.(*T).M", "github.com/a/b"},
    /* Go's linker writes names so, TinyGo keeps them */
    {"github.com_evanw_esbuild_internal_js_parser.__parser_.visitExpr",
     "github.com_evanw_esbuild_internal_js_parser.__parser_.visitExpr",
     "github.com_evanw_esbuild_internal_js_parser"},
    {"fmt.__pp_.printValue", "fmt.__pp_.printValue", "fmt"},
    {"encoding_json.Marshal.func1", "encoding_json.Marshal.func1", "encoding_json"},
    {"vendor_golang.org_x_text_unicode_norm.Form.Bytes",
     "vendor_golang.org_x_text_unicode_norm.Form.Bytes", "vendor_golang.org_x_text_unicode_norm"},
    {"gopkg.in_yaml_2ev3.Unmarshal", "gopkg.in_yaml_2ev3.Unmarshal", "gopkg.in_yaml_2ev3"},
    {"type_.eq.github.com_a_b.T", "type_.eq.github.com_a_b.T", "github.com_a_b"},
    {"(*github.com/a/b.T).M", "(*github.com/a/b.T).M", "github.com/a/b"},
    {"slices.Index[go.shape.*github.com/a/b.T]", "slices.Index[go.shape.*github.com/a/b.T]",
     "slices"},
    {"a/b.F[go.shape.struct { x c/d.T }]", "a/b.F[go.shape.struct { x c/d.T }]", "a/b"},
    {"memcpy", "memcpy", "(none)"},
    {"memcpy.1", "memcpy", "(none)"},
    {"sqlite3_step(stmt*)", "sqlite3_step(stmt*)", "(none)"},
    {"_Znonsense", "_Znonsense", "(none)"},
};

static const struct {
    const char *name, *generic;
} generics[] = {
    {"core::ptr::drop_in_place<alloc::vec::Vec<u8>>", "core::ptr::drop_in_place<..>"},
    {"void std::sort<int*>(int*, int*)", "std::sort<..>"},
    {"<Vec<T> as Drop>::drop<u8>", "<Vec<..> as Drop>::drop<..>"},
    {"std::map<int, A<int> >::at(B<int>)", "std::map<..>::at"},
    {"f<fn(u8) -> B<u8>>::g", "f<..>::g"},
    {"f<g(h<", "f<..>"},
    {"memcpy", "memcpy"},
};

static const char *generic_of(struct arena *arena, const char *name) {
    struct text text = text_begin(arena);
    wasm_generic_add(&text, name);
    return text.data;
}

static void names_and_namespaces(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < array_length(names); i++) {
        struct wasm_name raw = {names[i].raw, strlen(names[i].raw)};
        const char *name = wasm_demangle(arena, raw);
        assert_string_equal(name, names[i].name);
        assert_string_equal(wasm_namespace(arena, name), names[i].namespace);
    }
    for (size_t i = 0; i < array_length(generics); i++)
        assert_string_equal(generic_of(arena, generics[i].name), generics[i].generic);
    arena_free(arena);
}

/* Any bytes are a name. */
static void hostile_names(void **state) {
    (void)state;
    static const char *const pieces[] = {"_R",  "_ZN", "<",    ">", "::", "(",
                                         "\\5", "[",   " as ", "9", "h"};
    struct arena *arena = arena_new();
    srand(1);
    for (size_t i = 0; i < 3000; i++) {
        char text[200] = "";
        for (int n = rand() % 20; n > 0; n--)
            strncat(text, pieces[(size_t)rand() % array_length(pieces)], 8);
        const char *name = wasm_demangle(arena, (struct wasm_name){text, strlen(text)});
        assert_non_null(wasm_namespace(arena, name));
        assert_non_null(generic_of(arena, name));
    }
    arena_free(arena);
}

enum { FUNCTIONS = 12 };

struct made {
    struct wasm_module module;
    struct wasm_function functions[FUNCTIONS];
    uint32_t called[FUNCTIONS * FUNCTIONS], rooted[2];
    size_t begin[FUNCTIONS + 1];
};

static void make_random(struct made *made) {
    *made = (struct made){.module = {.function_count = FUNCTIONS, .imported_functions = 1}};
    size_t edges = 0;
    for (size_t i = 0; i < FUNCTIONS; i++) {
        made->functions[i].size = (size_t)1 << i;
        made->begin[i] = edges;
        for (uint32_t to = 0; to <= FUNCTIONS; to++)
            if (rand() % 6 == 0) made->called[edges++] = to;
    }
    made->begin[FUNCTIONS] = edges;
    made->rooted[0] = 1 + (uint32_t)rand() % FUNCTIONS;
    made->rooted[1] = 1 + (uint32_t)rand() % FUNCTIONS;
    made->module.functions = made->functions;
    made->module.call_begin = made->begin;
    made->module.called = (struct wasm_indexes){made->called, edges};
    made->module.rooted = (struct wasm_indexes){made->rooted, 2};
}

/** Bytes of what is reached when `without` may not be entered. */
static uint64_t reached_without(const struct made *made, uint32_t without) {
    bool reached[FUNCTIONS + 1] = {false};
    for (size_t i = 0; i < 2; i++)
        if (made->rooted[i] != without) reached[made->rooted[i]] = true;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t f = 1; f <= FUNCTIONS; f++)
            for (size_t e = made->begin[f - 1]; reached[f] && e < made->begin[f]; e++)
                if (made->called[e] != without && !reached[made->called[e]])
                    changed = reached[made->called[e]] = true;
    }
    uint64_t sum = 0;
    for (size_t f = 1; f <= FUNCTIONS; f++)
        if (reached[f]) sum += made->functions[f - 1].size;
    return sum;
}

static void retained_is_what_would_go(void **state) {
    (void)state;
    srand(7);
    for (size_t round = 0; round < 500; round++) {
        struct arena *arena = arena_new();
        struct made made;
        make_random(&made);
        struct wasm_graph graph = wasm_graph_make(arena, &made.module);
        uint64_t all = reached_without(&made, FUNCTIONS + 1), total = (1u << FUNCTIONS) - 1;
        assert_true(graph.unreferenced == total - all);
        for (uint32_t f = 1; f <= FUNCTIONS; f++) {
            uint64_t expected = all - reached_without(&made, f);
            assert_true(graph.retained[f] == expected);
        }
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_namespaces),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(retained_is_what_would_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
