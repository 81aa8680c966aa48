// Workers: how one begins, ends, and is replaced.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guardian.h"

enum { QUICK_MS = 1000, SETTLED_MS = 10000, ABANDON_MS = 5000, PROBATION_MS = 60000, QUIESCE_MS = 2000, BACKOFF_MS = 20,
       TAIL_READS = 16 };  // twice what a pipe holds

extern char **environ;

const char *const cause_names[] = {"first", "crash", "hang", "exit", "upgrade", "wake", "rollback", "protocol error"};
const char *const stage_names[] = {"booting", "waiting", "restoring", "ready", "ending"};

bool worker_takes_frames(void) {
  return guardian.worker && (guardian.worker->stage == RESTORING || guardian.worker->stage == READY);
}

static void exec_failed(struct source *s, uint32_t events) {
  (void)events;
  int error = 0;
  if (read(s->fd, &error, sizeof error) == sizeof error) {
    const char *text = strerror(error);
    guardian.tail.length = strlen(text);
    memcpy(guardian.tail.bytes, text, guardian.tail.length);
  }
  source_close(s);
}

static struct worker *boot(char **argv) {
  int control[2], rights[2], error_pipe = -1;
  if (socket_pair(SOCK_STREAM, control)) return NULL;
  if (socket_pair(SOCK_SEQPACKET, rights)) {
    close(control[0]), close(control[1]);
    return NULL;
  }
  struct launch l = {.path = argv[0], .directory = "", .argv = argv, .environment = environ, .descriptor_count = 3,
                     .descriptors = {{guardian.stderr_pipe, 2}, {control[1], 3}, {rights[1], 4}}, .is_worker = true};
  pid_t pid = launch(&l, &error_pipe);
  close(control[1]), close(rights[1]);
  if (pid < 0) {
    close(control[0]), close(rights[0]);
    return NULL;
  }
  struct worker *w = allocate(sizeof *w);
  w->pid = pid;
  w->epoch = ++guardian.epoch;
  w->born_at = now_ms();
  w->error_pipe.ready = exec_failed;
  if (!source_add(&w->error_pipe, error_pipe, EPOLLIN)) abort();
  frames_open(w, control[0], rights[0]);
  return w;
}

static void start_later(void) {
  uint64_t delay = guardian.boot_failures == 0 ? 0 : BACKOFF_MS;
  for (uint32_t i = 1; i < guardian.boot_failures && delay < guardian.options.backoff_max_ms; i++) delay *= 2;
  guardian.spawn_at = now_ms() + (delay < guardian.options.backoff_max_ms ? delay : guardian.options.backoff_max_ms);
}

void worker_start(void) {
  guardian.spawn_at = 0;
  if (!guardian.unready_since) guardian.unready_since = now_ms();
  guardian.worker = boot(guardian.argv);
  if (guardian.worker) return;
  guardian.boot_failures++;
  start_later();
}

void worker_doom(struct worker *w, enum cause cause, bool is_distrusted) {
  w->is_distrusted |= is_distrusted;
  if (w->stage == DOOMED) return;
  w->stage = DOOMED;
  w->cause = cause;
  w->doomed_at = now_ms();
  if (w->pid > 0) kill(w->pid, SIGKILL);
}

void worker_ready(struct worker *w) {
  w->stage = READY;
  w->ready_at = now_ms();
  w->is_ponged = true;
  w->cpu_at_pong = process_state(w->pid).cpu;
  guardian.unready_since = 0;
  connections_attach(w);
}

// ---- replacement

static void promote(void) {
  guardian.previous_argv = guardian.argv;
  guardian.argv = guardian.standby_argv;
  guardian.standby_argv = NULL;
  guardian.worker = guardian.standby;
  guardian.standby = NULL;
  guardian.spawn_at = 0;
  guardian.deaths = 0;
  guardian.is_asleep = false;
  guardian.replaced_at = guardian.worker->born_at = now_ms();  // the wait for the old one does not count
  if (!guardian.unready_since) guardian.unready_since = guardian.replaced_at;
  state_send(guardian.worker);
}

// STATE: the worker has booted. One that replaces another waits until that one has ended.
void worker_waiting(struct worker *w) {
  w->stage = WAITING;
  if (w == guardian.worker) {
    state_send(w);
  } else if (!guardian.worker) {
    promote();
  } else if (guardian.worker->stage == READY) {
    struct buffer body = {0};
    buffer_put32(&body, QUIESCE_MS);
    frame_send(guardian.worker, QUIESCE, &body, -1);
    buffer_free(&body);
    guardian.quiesced_until = now_ms() + QUIESCE_MS;
  } else {
    worker_doom(guardian.worker, UPGRADE, false);
  }
}

// Boots a worker next to the present one. `argv`, one block of memory, NULL = the same program. False: there is one already.
bool worker_replace(char **argv) {
  if (guardian.standby || guardian.is_ending) return false;
  guardian.standby = boot(argv);
  if (!guardian.standby) return false;
  free(guardian.previous_argv);
  guardian.previous_argv = NULL;
  guardian.standby_argv = argv;
  return true;
}

static void roll_back_if_needed(bool was_ready) {
  if (!guardian.previous_argv || (was_ready && (guardian.deaths < 2 || elapsed_ms(guardian.replaced_at) > PROBATION_MS))) return;
  free(guardian.argv);
  guardian.argv = guardian.previous_argv;
  guardian.previous_argv = NULL;
  guardian.cause = ROLLBACK;
  guardian.boot_failures = 0;
}

// ---- the end of a worker

static void count_death(const struct worker *w, int status) {
  bool is_own_end = w->stage != DOOMED || w->cause == EXITED;
  guardian.cause = is_own_end ? (WIFSIGNALED(status) ? CRASH : EXITED) : w->cause;
  guardian.last_status = status;
  if (guardian.cause == WAKE || guardian.cause == UPGRADE) {
    guardian.deaths = guardian.boot_failures = 0;
    return;
  }
  uint64_t served = w->ready_at ? elapsed_ms(w->ready_at) : 0;
  guardian.deaths_total++;
  guardian.deaths = served > SETTLED_MS ? 1 : guardian.deaths + 1;
  guardian.boot_failures = !w->ready_at ? guardian.boot_failures + 1 : served < QUICK_MS;
  roll_back_if_needed(w->ready_at);
}

static void close_worker(struct worker *w) {
  if (w->error_pipe.fd >= 0) exec_failed(&w->error_pipe, EPOLLIN);
  frames_close(w);
  free_later(w);
}

// What has been written to standard error is kept as the cause of a death.
static void keep_tail(void) {
  guardian.last_tail = guardian.tail;
  guardian.tail.length = 0;
}

// A process that writes without end does not delay this.
static void read_tail(void) {
  for (int i = 0; i < TAIL_READS && stderr_read(); i++) continue;
}

static void standby_gone(void) {
  read_tail();
  close_worker(guardian.standby);
  keep_tail();
  free(guardian.standby_argv);
  guardian.standby = NULL;
  guardian.standby_argv = NULL;
  guardian.quiesced_until = 0;
  for (struct connection *c = connections; c; c = c->next) calls_flush(c);
}

// What a worker has written counts, also after its death.
static void gone(struct worker *w, int status) {
  w->pid = 0;
  frames_drain(w);
  read_tail();
  connections_detach();
  count_death(w, status);
  close_worker(w);
  keep_tail();
  guardian.worker = NULL;
  guardian.quiesced_until = 0;
  guardian.unready_since = guardian.is_asleep ? 0 : guardian.unready_since ? guardian.unready_since : now_ms();
  if (guardian.is_ending) return;
  if (guardian.standby && guardian.standby->stage == WAITING) {
    promote();
  } else if (!guardian.is_asleep) {
    start_later();
  }
}

// Whether the process that has ended was a worker.
bool worker_reaped(pid_t pid, int status) {
  if (guardian.worker && guardian.worker->pid == pid) {
    gone(guardian.worker, status);
    return true;
  }
  if (!guardian.standby || guardian.standby->pid != pid) return false;
  guardian.standby->pid = 0;
  standby_gone();
  return true;
}

// ---- time

void worker_wake(void) {
  if (!guardian.is_asleep) return;
  guardian.is_asleep = false;
  guardian.cause = WAKE;
  if (!guardian.worker) guardian.spawn_at = now_ms();
}

static bool is_late(const struct worker *w, uint64_t limit_ms) {
  if (w->stage >= READY || elapsed_ms(w->born_at) < limit_ms) return false;
  char state = process_state(w->pid).state;
  return state != 'T' && state != 't';
}

// Once a second.
void worker_tick(void) {
  struct worker *w = guardian.worker, *standby = guardian.standby;
  if (w && w->stage == READY) exits_tick();
  if (w) {
    frames_flush(w);
    connections_attach(w);
    watchdog_check(w);
    uint64_t limit_ms = guardian.previous_argv ? guardian.options.rollback_ms : guardian.options.ready_timeout_ms;
    if (is_late(w, limit_ms)) worker_doom(w, HANG, false);
    // A worker that the kernel does not end is left behind. Its exit will be one of an unknown process.
    if (w->stage == DOOMED && elapsed_ms(w->doomed_at) >= ABANDON_MS) gone(w, SIGKILL);
  }
  if (standby && standby->stage == BOOTING && is_late(standby, guardian.options.rollback_ms)) {
    worker_doom(standby, HANG, false);
  }
  if (guardian.previous_argv && elapsed_ms(guardian.replaced_at) > PROBATION_MS && !guardian.unready_since) {
    free(guardian.previous_argv);
    guardian.previous_argv = NULL;
  }
  bool is_unavailable = guardian.unready_since && elapsed_ms(guardian.unready_since) >= guardian.options.ready_timeout_ms;
  connections_tick(is_unavailable);
}

void worker_timers(uint64_t now) {
  if (guardian.spawn_at && now >= guardian.spawn_at && !guardian.is_ending) worker_start();
  if (guardian.alarm_at && now >= guardian.alarm_at) {
    guardian.alarm_at = 0;
    worker_wake();
  }
  if (guardian.quiesced_until && now >= guardian.quiesced_until) worker_doom(guardian.worker, UPGRADE, false);
}
