/** Tests of a share that may be looked at after every sample: mixture e-processes. */
#ifndef STATS_EPROCESS_H
#define STATS_EPROCESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Evidence on the share theta of events, k in n trials, against a share q, 0 < q < 1, as natural
 * logarithms. `below` is evidence against theta >= q, `above` against theta <= q.
 *
 * Each is the likelihood ratio of a Beta mixture over one side of q to q itself, truncated to that
 * side. Every ratio of the mixture is a supermartingale under every theta of the hypothesis it
 * speaks against (it is linear in theta, falls away from q, and is 1 at q), so by Ville's
 * inequality (1939) the chance that it ever reaches 1 / alpha is at most alpha, however often it is
 * looked at: Robbins (1970); Howard and Ramdas (2022, arXiv:1906.09712) for quantiles.
 */
struct evidence_of_share {
    double below, above;
};
struct evidence_of_share eprocess(uint64_t n, uint64_t k, double q);

/** One side of it. `below` falls with k, `above` rises with k. */
double eprocess_below(uint64_t n, uint64_t k, double q);
double eprocess_above(uint64_t n, uint64_t k, double q);

/** Whether evidence reaches 1 / alpha. */
bool eprocess_proves(double evidence, double alpha);

/** Largest k of n that proves theta < q, smallest that proves theta > q; false: none does. */
bool eprocess_most(uint64_t n, double q, double alpha, uint64_t *k);
bool eprocess_least(uint64_t n, double q, double alpha, uint64_t *k);

/** Smallest n that proves theta < q without an event; 0: none below 2^53 does. */
uint64_t eprocess_minimum(double q, double alpha);

/**
 * The confidence sequence of the share: all q that neither side proves wrong at its alpha. Each
 * end is wrong with at most its alpha; 0 and 1 are open ends.
 */
double eprocess_share_low(uint64_t n, uint64_t k, double alpha);
double eprocess_share_high(uint64_t n, uint64_t k, double alpha);

#endif
