/** Which series of an endpoint are meant: a name with matchers of labels, as PromQL writes them. */
#ifndef PROBES_PROMETHEUS_SELECT_H
#define PROBES_PROMETHEUS_SELECT_H

#include "base/pattern.h"
#include "probes/prometheus_text.h"

enum prometheus_match { MATCH_IS, MATCH_IS_NOT, MATCH_LIKE, MATCH_NOT_LIKE };

struct prometheus_matcher {
    const char *label, *value;
    enum prometheus_match match;
    struct pattern *pattern; /**< of =~ and !~, over the whole value */
};

struct prometheus_selector {
    const char *text, *name;
    struct prometheus_matcher *matchers;
    size_t count;
};

/** Reads `name{label="value",other=~"a|b"}`. False with `problem` (a phrase, in the arena). Close
 * with prometheus_unselect, also after a failure. */
bool prometheus_select(struct arena *arena, const char *text, struct prometheus_selector *selector,
                       const char **problem);
void prometheus_unselect(struct prometheus_selector *selector);

/** Whether the sample's labels are meant; a label that is not there is "". The name is not
 * looked at. */
bool prometheus_selects(const struct prometheus_selector *selector,
                        const struct prometheus_sample *sample);

/** `name{a="b",c="d"}`, without the label `without` (NULL: with all): what tells series apart. */
const char *prometheus_key(struct arena *arena, const struct prometheus_sample *sample,
                           const char *without);

/** The value of a label, or NULL. */
const char *prometheus_label(const struct prometheus_sample *sample, const char *name);

#endif
