#include <string.h>

#include "app/inspect.h"
#include "base/text.h"

void inspect_csv_field(struct text *out, const char *text) {
    text_add_char(out, '"');
    if (*text == '=' || *text == '+' || *text == '-' || *text == '@') text_add_char(out, '\'');
    for (size_t run; (run = strcspn(text, "\"")), text[run]; text += run + 1) {
        text_add_bytes(out, text, run);
        text_add(out, "\"\"");
    }
    text_add(out, text);
    text_add_char(out, '"');
}

static void add_shares(struct inspect_out *out, const char *kind,
                       const struct wasm_shares *shares) {
    for (size_t i = 0; i < shares->count; i++) {
        const struct wasm_share *share = &shares->items[i];
        text_add_format(&out->text, "%s,", kind);
        inspect_csv_field(&out->text, share->name);
        text_add_format(&out->text, ",%llu,%zu,%llu\r\n", (unsigned long long)share->bytes,
                        share->count, (unsigned long long)share->largest);
        inspect_pass(out);
    }
}

static void add_growth(struct inspect_out *out, const char *kind, const struct growth *growth) {
    for (size_t i = 0; i < growth->count; i++) {
        const struct grown *grown = &growth->items[i];
        text_add_format(&out->text, "%s,", kind);
        inspect_csv_field(&out->text, grown->name);
        text_add_format(&out->text, ",%llu,%llu,", (unsigned long long)grown->before,
                        (unsigned long long)grown->after);
        inspect_csv_field(&out->text, grown->renamed ? grown->renamed : "");
        text_add(&out->text, "\r\n");
        inspect_pass(out);
    }
}

void inspect_csv(struct inspect_out *out, const struct inspection *now,
                 const struct inspection *before) {
    if (before) {
        struct arena *arena = out->text.arena;
        struct growth sections = inspect_growth(arena, &before->sections, &now->sections);
        struct growth spaces = inspect_growth(arena, &before->namespaces, &now->namespaces);
        struct growth functions = inspect_function_growth(arena, before, now);
        text_add(&out->text, "kind,name,before,after,was\r\n");
        add_growth(out, "section", &sections);
        add_growth(out, "namespace", &spaces);
        add_growth(out, "function", &functions);
        return;
    }
    text_add(&out->text, "kind,name,bytes,count,retained\r\n");
    add_shares(out, "section", &now->sections);
    add_shares(out, "data", &now->data);
    add_shares(out, "namespace", &now->namespaces);
    add_shares(out, "source", &now->sources);
    add_shares(out, "function", &now->functions);
    add_shares(out, "identical", &now->doubles);
    add_shares(out, "generic", &now->generics);
}
