// Exits: each child is reaped at once, and what a worker watches is reported until it says DONE.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guardian.h"

enum { EXIT_LOST = 1 };

static struct process *watched, *remembered;
static size_t watched_count, remembered_count;
static uint64_t last_sequence;

size_t exits_watched(void) { return watched_count; }
size_t exits_remembered(void) { return remembered_count; }

bool exits_has_name(const char *name) {
  struct process *p = watched;
  while (p && strcmp(p->name, name) != 0) p = p->next;
  return p;
}

bool exits_pending(void) {
  struct process *p = watched;
  while (p && !p->is_ended) p = p->next;
  return p;
}

static struct process *create(pid_t pid, uint64_t start, const char *name) {
  struct process *p = allocate(sizeof *p + strlen(name) + 1);
  p->pid = pid;
  p->start = start;
  p->error_pipe.fd = -1;
  memcpy(p->name, name, strlen(name));
  return p;
}

// Watches a process. Returns NULL if the table is full.
struct process *exits_add(pid_t pid, uint64_t start, const char *name) {
  if (watched_count >= MAX_EXITS) return NULL;
  struct process *p = create(pid, start, name);
  p->next = watched;
  watched = p;
  watched_count++;
  return p;
}

static void report(struct worker *w, const struct process *p) {
  struct buffer body = {0};
  buffer_put64(&body, p->sequence);
  buffer_put32(&body, (uint32_t)p->pid);
  buffer_put64(&body, p->start);
  buffer_put32(&body, (uint32_t)p->status);
  buffer_put32(&body, (uint32_t)p->error);
  buffer_put64(&body, (uint64_t)p->at.tv_sec);
  buffer_put32(&body, (uint32_t)p->at.tv_nsec);
  buffer_put(&body, (uint8_t[]){p->is_lost ? EXIT_LOST : 0}, 1);
  buffer_put(&body, p->name, strlen(p->name));
  frame_send(w, EXIT, &body, -1);
  buffer_free(&body);
}

void exits_report_spawned(struct worker *w, const struct process *p) {
  struct buffer body = {0};
  buffer_put32(&body, (uint32_t)p->pid);
  buffer_put64(&body, p->start);
  buffer_put(&body, p->name, strlen(p->name));
  frame_send(w, SPAWNED, &body, -1);
  buffer_free(&body);
}

static void end(struct process *p, int status) {
  p->is_ended = true;
  p->status = status;
  p->sequence = ++last_sequence;
  clock_gettime(CLOCK_REALTIME, &p->at);
  if (p->error_pipe.fd >= 0) p->error_pipe.ready(&p->error_pipe, EPOLLIN);
  source_close(&p->error_pipe);
  if (worker_takes_frames()) {
    report(guardian.worker, p);
  } else {
    worker_wake();
  }
}

// ---- reaping

static void forget_last_remembered(void) {
  struct process **link = &remembered;
  while ((*link)->next) link = &(*link)->next;
  free(*link);
  *link = NULL;
  remembered_count--;
}

static void remember(pid_t pid, uint64_t start, int status) {
  if (remembered_count >= MAX_EXITS) forget_last_remembered();
  struct process *p = create(pid, start, "");
  p->status = status;
  p->expires_ms = EXIT_MEMORY_MS;
  clock_gettime(CLOCK_REALTIME, &p->at);
  p->next = remembered;
  remembered = p;
  remembered_count++;
}

static void reaped(pid_t pid, uint64_t start, int status) {
  if (worker_reaped(pid, status)) return;
  struct process *p = watched;
  while (p && (p->is_ended || p->pid != pid)) p = p->next;
  if (p && p->start == 0) p->start = start;
  // Without a descriptor the start is unknown. The pid is that of a child, and hardly that of a successor.
  if (p && (p->start == start || start == 0)) {
    end(p, status);
    return;
  }
  if (p) p->is_lost = true;  // the watched process ended as another one's child; this is its successor
  if (p) end(p, 0);
  remember(pid, start, status);
}

void exits_reap(void) {
  siginfo_t info = {0};
  while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 && info.si_pid > 0) {
    int status = 0;
    uint64_t start = process_state(info.si_pid).start;
    if (waitpid(info.si_pid, &status, WNOHANG | __WALL) == info.si_pid) reaped(info.si_pid, start, status);
    info.si_pid = 0;
  }
}

// ---- requests of the worker

static struct process **find_remembered(pid_t pid, uint64_t start) {
  struct process **link = &remembered;
  while (*link && ((*link)->pid != pid || (start && (*link)->start && (*link)->start != start))) link = &(*link)->next;
  return *link ? link : NULL;
}

// A living process has precedence over a remembered exit of the same number, unless `start` says which one is meant.
void exits_watch(struct worker *w, pid_t pid, uint64_t start) {
  for (struct process *p = watched; p; p = p->next) {
    if (p->pid == pid && (start ? p->start == start : !p->is_ended)) return;
  }
  struct process_state state = {.error = ENOENT};
  if (kill(pid, 0) == 0 || errno != ESRCH) state = process_state(pid);
  bool is_living = state.start && (!start || start == state.start), is_known = state.start || state.error == ENOENT;
  struct process *p = is_known ? exits_add(pid, is_living ? state.start : start, "") : NULL;
  if (!p) {
    frame_refuse(w, WATCH, is_known ? EMFILE : state.error, "");
    return;
  }
  if (is_living) return;
  struct process **link = find_remembered(pid, start), *old = link ? *link : NULL;
  p->is_lost = !old;
  if (old && old->start) p->start = old->start;
  struct timespec at = old ? old->at : (struct timespec){0};
  p->is_ended = true;
  p->status = old ? old->status : 0;
  p->sequence = ++last_sequence;
  p->at = at;
  if (old) *link = old->next, remembered_count--, free(old);
  report(w, p);
}

static bool is_done(const struct process *p, pid_t pid, uint64_t sequence) {
  return sequence ? p->is_ended && p->sequence == sequence && p->pid == pid : !p->is_ended && p->pid == pid;
}

void exits_done(pid_t pid, uint64_t sequence) {
  for (struct process **link = &watched; *link; link = &(*link)->next) {
    struct process *p = *link;
    if (!is_done(p, pid, sequence)) continue;
    *link = p->next;
    source_close(&p->error_pipe);
    free_later(p);
    watched_count--;
    return;
  }
}

// For a new worker: what was spawned and lives, then all exits that are not done.
void exits_send(struct worker *w) {
  for (struct process *p = watched; p; p = p->next) {
    if (p->is_ended) {
      report(w, p);
    } else if (p->name[0] && p->error_pipe.fd < 0) {
      exits_report_spawned(w, p);
    }
  }
}

// Called once a second while a worker is ready.
void exits_tick(void) {
  for (struct process **link = &remembered; *link;) {
    struct process *p = *link;
    p->expires_ms -= TICK_MS;
    if (p->expires_ms > 0) {
      link = &p->next;
      continue;
    }
    *link = p->next;
    remembered_count--;
    free(p);
  }
}
