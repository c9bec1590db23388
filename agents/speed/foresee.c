/* envs.prospects.foresee in C, for the benchmark's ratio alone: the equations are explained there.
   Arrays are contiguous: B classrooms, S learners, C concepts, P parents at most, 10 prospects. */
#include <math.h>
#include <string.h>

enum { ATTEMPTS, TAUGHT, LAST_HOURS, BOOKS };
enum { N, GROWN, UNDERSTANDING, BASE, SCALE, FORGOTTEN, SCORE, READY, OPENING, COLUMNS };
enum { WORKED_EXAMPLE, PRACTICE, EXPLAIN, PEER, DEMONSTRATE, KINDS };

typedef struct {
    double jump, growth, forgetting, saving, day, test_hours, end_hours;
    double gap, scale, blind, readiness_slope, readiness_floor, example_opportunities;
    double novice_logit, expert_logit, novice_multiplier, expert_multiplier;
    double optimism, horizon, per_minutes, limit;
    double attended[KINDS], rate[KINDS], opportunities[KINDS];
} Constants;

static double sigmoid(double z) {
    if (z >= 0) return 1 / (1 + exp(-z));
    double e = exp(z);
    return e / (1 + e);
}

static double learned(double u, double n, double grown, double forgotten, const Constants *k) {
    return fmax(0, u * k->jump * fmin(1, n) + k->growth * grown - forgotten);
}

static double score(double u, double n, double grown, const double *on, const Constants *k) {
    double z = on[BASE] + k->gap * (u - on[UNDERSTANDING]);
    return sigmoid(on[SCALE] * (z + learned(u, n, grown, on[FORGOTTEN], k)));
}

static double worth(double u, double blind) { return blind + (1 - blind) * u; }

static double counted_on(const float *understanding, const Constants *k) {
    return fmin(1, fmax(0, understanding[0] + k->optimism * understanding[1]));
}

static double aptitude(double z, const Constants *k) {
    if (z <= k->novice_logit) return k->novice_multiplier;
    if (z >= k->expert_logit) return k->expert_multiplier;
    double share = (z - k->novice_logit) / (k->expert_logit - k->novice_logit);
    return k->novice_multiplier + share * (k->expert_multiplier - k->novice_multiplier);
}

static void stand(int C, int P, double hours, const float *belief, const float *understanding,
                  const double *books, const double *spread, const long *parents,
                  const Constants *k, double standing[][COLUMNS]) {
    hours = fmin(hours, k->end_hours);
    double until = k->forgetting * (1 - k->saving) * log1p(k->test_hours - hours);
    for (int c = 0; c < C; c++) {
        double *on = standing[c], last = books[c * BOOKS + LAST_HOURS];
        double u = counted_on(understanding + 2 * c, k), z = belief[2 * c], sd = belief[2 * c + 1];
        double n = books[c * BOOKS + ATTEMPTS] * worth(u, k->blind);
        n += k->example_opportunities * k->attended[WORKED_EXAMPLE] * books[c * BOOKS + TAUGHT];
        double since = last >= 0 ? fmax(0, hours - last) : 0;
        double variance = sd * sd + spread[c] * spread[c] + k->day;
        on[N] = n, on[GROWN] = log1p(n), on[UNDERSTANDING] = u, on[FORGOTTEN] = until;
        on[BASE] = z - learned(u, n, on[GROWN], k->forgetting * log1p(since), k);
        on[SCALE] = 1 / sqrt(1 + M_PI / 8 * variance);
        on[SCORE] = score(u, n, on[GROWN], on, k);
        double ready = 1;
        for (int p = 0; p < P; p++) {
            long parent = parents[c * P + p];
            if (parent < 0) continue;
            double level = k->readiness_slope * belief[2 * parent];
            double wide = k->readiness_slope * belief[2 * parent + 1];
            ready = fmin(ready, sigmoid(level / sqrt(1 + M_PI / 8 * wide * wide)));
        }
        on[READY] = k->readiness_floor + (1 - k->readiness_floor) * ready;
        double open_now = sigmoid(k->readiness_slope * z);
        on[OPENING] = k->readiness_slope * open_now * (1 - open_now);
    }
}

static void look_ahead(int C, int P, const long *order, const double *weight, const long *parents,
                       double standing[][COLUMNS], double *ahead) {
    memset(ahead, 0, C * sizeof *ahead);
    for (int at = 0; at < C; at++) {
        long c = order[at];
        double held = weight[c] * (1 - standing[c][SCORE]) + ahead[c];
        int count = 0;
        for (int p = 0; p < P; p++) count += parents[c * P + p] >= 0;
        for (int p = 0; p < P; p++)
            if (parents[c * P + p] >= 0) ahead[parents[c * P + p]] += held / count;
    }
    for (int c = 0; c < C; c++) standing[c][OPENING] *= ahead[c];
}

static void promise(int C, double present, const float *belief, const float *others,
                    const double *weight, const Constants *k, double standing[][COLUMNS],
                    float *prospects) {
    double here = 100 * k->per_minutes / k->horizon * present;
    for (int c = 0; c < C; c++) {
        const double *on = standing[c];
        double z = belief[2 * c], partner = others ? counted_on(others + 2 * c, k) : 0;
        for (int kind = 0; kind < KINDS; kind++) {
            double minutes = k->attended[kind] * k->horizon * on[READY];
            double rate = k->rate[kind], opportunities = k->opportunities[kind];
            if (kind == WORKED_EXAMPLE || kind == EXPLAIN)
                rate *= aptitude(z, k), opportunities *= aptitude(z, k);
            if (kind == PEER) rate *= partner;
            double before = on[UNDERSTANDING];
            double u = before + (1 - before) * (1 - exp(-k->scale * rate * minutes));
            double n = on[N] + opportunities * worth(before, k->blind) * minutes;
            double grown = log1p(n);
            double steps = k->gap * (u - before) + k->growth * (grown - on[GROWN]);
            double won = score(u, n, grown, on, k) - on[SCORE];
            prospects[c * 2 * KINDS + kind] = fmin(k->limit, here * weight[c] * won);
            prospects[c * 2 * KINDS + KINDS + kind] = fmin(k->limit, here * on[OPENING] * steps);
        }
    }
}

void foresee(int B, int S, int C, int P, const double *hours, const float *belief,
             const float *understanding, const double *books, const double *present,
             const long *partner, const double *weight, const double *spread, const long *parents,
             const long *order, const Constants *k, float *prospects) {
    double standing[C][COLUMNS], ahead[C];
    for (int b = 0; b < B; b++)
        for (int i = 0; i < S; i++) {
            long at = ((long)b * S + i) * C, other = partner[i];
            int paired = other >= 0 && present[b * S + other] == 1;
            const float *others = paired ? understanding + ((long)b * S + other) * C * 2 : 0;
            stand(C, P, hours[b], belief + 2 * at, understanding + 2 * at, books + BOOKS * at,
                  spread, parents, k, standing);
            look_ahead(C, P, order, weight, parents, standing, ahead);
            promise(C, present[b * S + i], belief + 2 * at, others, weight, k, standing,
                    prospects + 2 * KINDS * at);
        }
}
