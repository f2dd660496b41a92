#include "budget/derive.h"

#include <string.h>

#include "base/quote.h"
#include "base/suggest.h"
#include "base/text.h"
#include "budget/derive_token.h"

enum { DEPTH_MAX = 32 };

struct parser {
    struct arena *arena;
    const struct budget_set *set;
    const char *at; /* behind `token` */
    struct derive_token token;
    double kilobyte;
    struct place place;
    struct derive *derive;
    struct diags *diags;
    int depth;
};

/* What a part of the expression comes to. */
struct term {
    struct derive_node *node; /* NULL: wrong, and said so */
    bool count;               /* made of counts, so that a sum of it is a count and no ratio */
};
static const struct term no_term = {0};

static void advance(struct parser *p) {
    p->token = derive_token_next(&p->at);
}

static struct term wrong(struct parser *p, const char *hint, const char *message) {
    diag_error(p->diags, BUDGET_DERIVE, p->place, hint, "%s", message);
    return no_term;
}

static struct derive_node *node_new(struct parser *p, enum derive_kind kind) {
    p->derive->nodes++;
    struct derive_node *node = arena_new_object(p->arena, struct derive_node);
    node->kind = kind;
    return node;
}

static struct term parse_number(struct parser *p) {
    struct quantity quantity;
    struct unit_problem problem;
    const char *text = text_copy_bytes(p->arena, p->token.start, p->token.length);
    if (!unit_parse(p->arena, text, p->kilobyte, &quantity, &problem))
        return wrong(p, problem.hint, problem.message);
    struct derive_node *node = node_new(p, DERIVE_NUMBER);
    node->number = quantity.value;
    node->dimension = unit_dimension_of(quantity.unit);
    advance(p);
    return (struct term){.node = node, .count = quantity.unit == PROBE_COUNT};
}

/* Operands of operands: the other expression takes its place, so that nobody has to follow names.
 * Its tree is shared. */
static struct term derived_operand(struct parser *p, const struct budget *budget, const char *key) {
    struct limit value;
    if (!budget->derive || !budget->derive->root) return no_term;
    if (!limit_key_read(p->arena, key, &budget->metrics, false, p->place, &value, p->diags))
        return no_term;
    p->derive->operands += budget->derive->operands;
    p->derive->noisy += budget->derive->noisy;
    p->derive->nodes += budget->derive->nodes - 1;
    struct derive_node *copy = node_new(p, DERIVE_NUMBER);
    *copy = *budget->derive->root;
    return (struct term){.node = copy, .count = budget->derive->unit == PROBE_COUNT};
}

static struct term operand_read(struct parser *p, size_t number, const char *key) {
    const struct budget *budget = &p->set->budgets[number];
    if (budget->derive) return derived_operand(p, budget, key);
    if (budget->of) number = budget->source;
    if (budget->metrics.count == 0) return no_term; /* has mistakes of its own */
    struct derive_node *node = node_new(p, DERIVE_OPERAND);
    if (!limit_key_read(p->arena, key, &budget->metrics, false, p->place, &node->operand, p->diags))
        return no_term;
    if (node->operand.pattern.wild)
        return wrong(p, "name one label",
                     text_format(p->arena, "%s may match many labels", quote(p->arena, key)));
    const struct probe_metric *metric = budget->metrics.items[node->operand.metric];
    node->budget = number;
    bool counted = node->operand.statistic.kind == STATISTIC_COUNT;
    node->operand.unit = counted ? PROBE_COUNT : metric->unit;
    node->dimension = unit_dimension_of(node->operand.unit);
    p->derive->operands++;
    p->derive->noisy += metric->nature == PROBE_NOISY;
    return (struct term){.node = node, .count = node->operand.unit == PROBE_COUNT};
}

static struct term parse_operand(struct parser *p) {
    const char *text = text_copy_bytes(p->arena, p->token.start, p->token.length);
    const char *point = strchr(text, '.');
    advance(p);
    if (!point)
        return wrong(p, "write `id.metric`, or `id.metric.statistic`",
                     text_format(p->arena, "%s says no metric", quote(p->arena, text)));
    const char *id = text_copy_bytes(p->arena, text, (size_t)(point - text));
    if (strcspn(point, "-") < strcspn(point, "["))
        return wrong(p, "a minus stands between blanks, since ids hold minus signs too",
                     text_format(p->arena, "%s is no operand", quote(p->arena, text)));
    size_t number = budget_position(p->set, id);
    if (number < p->set->count) return operand_read(p, number, point + 1);
    const char **ids = arena_alloc(p->arena, (p->set->count + 1) * sizeof *ids);
    for (size_t i = 0; i < p->set->count; i++) ids[i] = p->set->budgets[i].id;
    const char *near = suggest(id, ids, p->set->count);
    diag_error(p->diags, BUDGET_REFERENCE, p->place,
               near ? text_format(p->arena, "did you mean %s?", quote(p->arena, near))
                    : "operands are written `id.metric.statistic`",
               "derive: there is no budget %s", quote(p->arena, id));
    return no_term;
}

static struct term parse_sum(struct parser *p);

static struct term parse_factor(struct parser *p) {
    if (p->derive->nodes > DERIVE_NODES_MAX)
        return wrong(p, "the budgets it leans on count with all their operands",
                     "the expression is too long");
    switch (p->token.kind) {
    case TOKEN_NUMBER:
        return parse_number(p);
    case TOKEN_OPERAND:
        return parse_operand(p);
    case TOKEN_OPEN: {
        if (++p->depth > DEPTH_MAX) return wrong(p, NULL, "parentheses are nested too deep");
        advance(p);
        struct term inner = parse_sum(p);
        if (!inner.node) return no_term;
        if (p->token.kind != TOKEN_CLOSE) return wrong(p, NULL, "a ) is missing");
        p->depth--;
        advance(p);
        return inner;
    }
    case TOKEN_END:
        return wrong(p, NULL, "the expression ends where a value belongs");
    case TOKEN_CLOSE:
    case TOKEN_ADD:
    case TOKEN_SUBTRACT:
    case TOKEN_MULTIPLY:
    case TOKEN_DIVIDE:
    case TOKEN_WRONG:
        break;
    }
    return wrong(p, "write `id.metric.statistic`, a number, or a parenthesis",
                 text_format(p->arena, "%s stands where a value belongs",
                             quote_bytes(p->arena, p->token.start, p->token.length)));
}

static const char *dimension_words(struct parser *p, struct unit_dimension dimension) {
    enum probe_unit unit;
    static const char *const words[] = {
        [PROBE_COUNT] = "a plain number", [PROBE_BYTES] = "a size",
        [PROBE_SECONDS] = "a time",       [PROBE_RATIO] = "a plain number",
        [PROBE_PER_SECOND] = "a rate",    [PROBE_BYTES_PER_SECOND] = "a rate of bytes",
    };
    if (unit_of_dimension(dimension, &unit)) return words[unit];
    return text_format(p->arena, "bytes^%d seconds^%d", dimension.bytes, dimension.seconds);
}

static bool same_dimension(struct unit_dimension a, struct unit_dimension b) {
    return a.bytes == b.bytes && a.seconds == b.seconds;
}

static struct term join(struct parser *p, enum derive_kind kind, struct term left,
                        struct term right) {
    struct unit_dimension a = left.node->dimension, b = right.node->dimension;
    struct derive_node *node = node_new(p, kind);
    int sign = kind == DERIVE_DIVIDE ? -1 : 1;
    bool adds = kind == DERIVE_ADD || kind == DERIVE_SUBTRACT;
    if (adds && !same_dimension(a, b)) {
        diag_error(p->diags, BUDGET_DERIVE_UNIT, p->place,
                   "a number needs the unit of what it is added to or taken from",
                   "%s and %s can be neither added nor subtracted", dimension_words(p, a),
                   dimension_words(p, b));
        return no_term;
    }
    if (kind == DERIVE_DIVIDE && right.node->kind == DERIVE_NUMBER && right.node->number == 0)
        return wrong(p, NULL, "it divides by 0");
    node->left = left.node;
    node->right = right.node;
    node->dimension = a;
    if (!adds)
        node->dimension = (struct unit_dimension){.bytes = a.bytes + sign * b.bytes,
                                                  .seconds = a.seconds + sign * b.seconds};
    return (struct term){.node = node, .count = left.count && right.count && kind != DERIVE_DIVIDE};
}

static struct term parse_product(struct parser *p) {
    struct term left = parse_factor(p);
    while (left.node && (p->token.kind == TOKEN_MULTIPLY || p->token.kind == TOKEN_DIVIDE)) {
        enum derive_kind kind = p->token.kind == TOKEN_MULTIPLY ? DERIVE_MULTIPLY : DERIVE_DIVIDE;
        advance(p);
        struct term right = parse_factor(p);
        if (!right.node) return no_term;
        left = join(p, kind, left, right);
    }
    return left;
}

/* Recursion is bounded by DEPTH_MAX parentheses. */
static struct term parse_sum(struct parser *p) {
    struct term left = parse_product(p);
    while (left.node && (p->token.kind == TOKEN_ADD || p->token.kind == TOKEN_SUBTRACT)) {
        enum derive_kind kind = p->token.kind == TOKEN_ADD ? DERIVE_ADD : DERIVE_SUBTRACT;
        advance(p);
        struct term right = parse_product(p);
        if (!right.node) return no_term;
        left = join(p, kind, left, right);
    }
    return left;
}

static bool derive_unit(struct parser *p, struct term whole, struct derive *derive) {
    if (!unit_of_dimension(whole.node->dimension, &derive->unit))
        return diag_error(p->diags, BUDGET_DERIVE_UNIT, p->place,
                          "a limit can bound sizes, times, rates, counts and ratios",
                          "the expression comes to %s, which no unit stands for",
                          dimension_words(p, whole.node->dimension));
    if (derive->unit == PROBE_RATIO && whole.count) derive->unit = PROBE_COUNT;
    return true;
}

bool derive_parse(struct arena *arena, const struct budget_set *set, const char *text,
                  double kilobyte, struct place place, struct derive *derive, struct diags *diags) {
    struct derive made = {.text = text};
    struct parser parser = {.arena = arena,
                            .set = set,
                            .at = text,
                            .kilobyte = kilobyte,
                            .place = place,
                            .derive = &made,
                            .diags = diags};
    advance(&parser);
    struct term whole = parse_sum(&parser);
    if (!whole.node && diags->errors == 0)
        wrong(&parser, NULL, "a budget it leans on is not known well enough");
    if (!whole.node) return false;
    if (parser.token.kind != TOKEN_END) {
        wrong(&parser, "between two values stands one of + - * / ; a minus needs blanks around it",
              text_format(arena, "%s is left over",
                          quote_bytes(arena, parser.token.start, strlen(parser.token.start))));
        return false;
    }
    if (made.nodes > DERIVE_NODES_MAX) {
        wrong(&parser, "the budgets it leans on count with all their operands",
              "the expression is too long");
        return false;
    }
    if (made.operands == 0) {
        wrong(&parser, "an operand is written `id.metric.statistic`",
              "the expression uses no other budget");
        return false;
    }
    if (!derive_unit(&parser, whole, &made)) return false;
    made.root = whole.node;
    made.metric = (struct probe_metric){
        .name = "value",
        .help = "What the expression comes to.",
        .unit = made.unit,
        .better = PROBE_NEITHER,
        .nature = made.noisy ? PROBE_NOISY : PROBE_EXACT,
        .statistic = "",
    };
    *derive = made;
    return true;
}
