/** Every member of the JSON report as a table: its JSON Schema and its reference are made from it.
 */
#ifndef REPORT_MEMBERS_H
#define REPORT_MEMBERS_H

/**
 * One member. The type is written in a few signs: `text`, `number`, `count` (a whole number from
 * 0), `flag`; `@limit` an object of the owner `limit`; `=verdict` one of the words of that name; in
 * brackets, a list of it; in braces, a map of it; a question mark behind: or null; a tilde before:
 * may be absent.
 */
struct member {
    const char *owner, *name, *type, *help;
};

/** In the order of the report, all members of an owner side by side; ends with a NULL owner. The
 * first owner is the report itself. */
extern const struct member members[];

#endif
