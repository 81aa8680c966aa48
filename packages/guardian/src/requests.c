// What a worker may ask for: one function for each frame.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guardian.h"

enum { KEEP_WRITER = 1, DROP_PREFIX = 1, DROP_WRITER = 2 };

// Copies a key. Returns false if it is empty, too long, or has a NUL.
static bool read_key(char key[MAX_NAME + 1], const uint8_t *bytes, size_t length) {
  if (length == 0 || length > MAX_NAME || memchr(bytes, 0, length)) return false;
  memcpy(key, bytes, length);
  key[length] = 0;
  return true;
}

static bool hello(struct worker *w, const uint8_t *b, size_t length) {
  if (get32(b) != PROTOCOL_VERSION || length - 8 > sizeof w->build - 1 || w->is_hello_done) return false;
  w->is_hello_done = true;
  memcpy(w->build, b + 8, length - 8);
  struct buffer body = {0};
  buffer_put32(&body, PROTOCOL_VERSION);
  buffer_put32(&body, w->epoch);
  buffer_put32(&body, w == guardian.standby ? UPGRADE : guardian.cause);
  buffer_put32(&body, guardian.deaths);
  buffer_put32(&body, (uint32_t)guardian.last_status);
  buffer_put(&body, guardian.last_tail.bytes, guardian.last_tail.length);
  frame_send(w, WELCOME, &body, -1);
  buffer_free(&body);
  return true;
}

static bool state(struct worker *w, const uint8_t *b, size_t length) {
  (void)b, (void)length;
  worker_waiting(w);
  return true;
}

void state_send(struct worker *w) {
  w->stage = RESTORING;
  keys_send(w);
  exits_send(w);
  frame_send(w, STATE_END, NULL, -1);
  keys_send_events(w);
}

static bool keep(struct worker *w, const uint8_t *b, size_t length) {
  char key[MAX_NAME + 1];
  bool is_truncated = false;
  int fd = receive_descriptor(w->rights.fd, &is_truncated);
  if (fd < 0) return false;
  if (!read_key(key, b + 1, length - 1)) {
    close(fd);
    return false;
  }
  keys_keep(w, key, fd, b[0] & KEEP_WRITER);
  return true;
}

static bool drop(struct worker *w, const uint8_t *b, size_t length) {
  char key[MAX_NAME + 1];
  (void)w;
  if (!read_key(key, b + 1, length - 1)) return false;
  keys_drop(key, b[0] & DROP_PREFIX, b[0] & DROP_WRITER);
  return true;
}

static bool watch(struct worker *w, const uint8_t *b, size_t length) {
  (void)length;
  if ((pid_t)get32(b) <= 0) return false;
  exits_watch(w, (pid_t)get32(b), get64(b + 4));
  return true;
}

static bool done(struct worker *w, const uint8_t *b, size_t length) {
  (void)w, (void)length;
  exits_done((pid_t)get32(b), get64(b + 4));
  return true;
}

static bool ready(struct worker *w, const uint8_t *b, size_t length) {
  (void)b, (void)length;
  if (w->stage == RESTORING) worker_ready(w);
  return true;
}

static bool spawn_request(struct worker *w, const uint8_t *b, size_t length) {
  spawn(w, b, length);
  return true;
}

static bool poll_key(struct worker *w, const uint8_t *b, size_t length) {
  char key[MAX_NAME + 1];
  if (!read_key(key, b, length)) return false;
  keys_poll(w, key);
  return true;
}

static bool pong(struct worker *w, const uint8_t *b, size_t length) {
  (void)length;
  if (get32(b) != w->ping) return true;
  w->is_ponged = true;
  w->cpu_at_pong = process_state(w->pid).cpu;
  w->lag_ms = get32(b + 4);
  return true;
}

static bool sleep_request(struct worker *w, const uint8_t *b, size_t length) {
  if (w->stage != READY || exits_pending() || keys_have_events() || guardian.standby || !connections_sleep(b, length)) {
    frame_refuse(w, SLEEP, 11 /* EAGAIN */, "");
    return true;
  }
  guardian.is_asleep = true;
  worker_doom(w, WAKE, false);
  return true;
}

static bool alarm_request(struct worker *w, const uint8_t *b, size_t length) {
  (void)w, (void)length;
  guardian.alarm_at = get32(b) ? now_ms() + get32(b) : 0;
  return true;
}

static bool end(struct worker *w, const uint8_t *b, size_t length) {
  (void)w, (void)b, (void)length;
  if (guardian.is_ending) return true;
  guardian.is_ending = true;
  guardian.end_at = now_ms();
  return true;
}

static const struct {
  size_t least;
  bool (*apply)(struct worker *, const uint8_t *, size_t);
} requests[] = {
    [HELLO] = {8, hello},  [STATE] = {0, state},         [KEEP] = {2, keep},    [DROP] = {2, drop},
    [WATCH] = {12, watch}, [DONE] = {12, done},          [READY_NOW] = {0, ready}, [SPAWN] = {8, spawn_request},
    [POLL] = {1, poll_key}, [PONG] = {8, pong},          [SLEEP] = {0, sleep_request}, [ALARM] = {4, alarm_request},
    [END] = {0, end},
};

// Before HELLO no other frame counts; before STATE only HELLO and STATE do. Returns false if the worker broke a rule.
bool frame_apply(struct worker *w, uint8_t operation, const uint8_t *body, size_t length) {
  if (operation == 0 || operation >= sizeof requests / sizeof *requests) return false;
  if (!w->is_hello_done && operation != HELLO) return false;
  if (w->stage <= WAITING && operation > STATE && operation != PONG && operation != END) return false;
  if (w->stage >= WAITING && operation == STATE) return false;
  if (length < requests[operation].least) return false;
  return requests[operation].apply(w, body, length);
}
