// Watchdog: a worker that does not answer PING is ended if it is stuck, and not if it is stopped or starved.
#include <string.h>
#include <unistd.h>

#include "guardian.h"

static void ping(struct worker *w) {
  struct buffer body = {0};
  w->ping++;
  w->is_ponged = false;
  w->silent_since = now_ms();
  buffer_put32(&body, w->ping);
  frame_send(w, PING, &body, -1);
  buffer_free(&body);
}

// Stuck is: it used a tenth of the time without an answer (an endless loop), or it sleeps in one call and used nothing in the last
// second, although PING would have woken it up. A starved one is runnable and has used little.
static bool is_stuck(const struct worker *w, const struct process_state *s, uint64_t limit_ms) {
  uint64_t used_ms = (s->cpu - w->cpu_at_pong) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
  bool is_sleeping = (s->state == 'S' || s->state == 'D') && s->cpu == w->cpu_before;
  return used_ms >= limit_ms / 10 || is_sleeping;
}

// Called once a second.
void watchdog_check(struct worker *w) {
  if (w->stage != READY) return;
  if (w->is_ponged) {
    ping(w);
    return;
  }
  struct process_state s = process_state(w->pid);
  if (!s.state) return;  // unknown
  if (s.state == 'T' || s.state == 't') {
    w->silent_since = now_ms();  // its time begins when it continues
    w->cpu_at_pong = s.cpu;
  } else if (elapsed_ms(w->silent_since) >= guardian.options.hang_timeout_ms && is_stuck(w, &s, guardian.options.hang_timeout_ms)) {
    worker_doom(w, HANG, false);
  }
  w->cpu_before = s.cpu;
}
