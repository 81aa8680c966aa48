// Answers of the worker: only whole ones reach the client, and only those whose request is kept.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guardian.h"

enum { RESPONSE = 2, DATA = 3, REMOTE_CLOSED = 1, CLOSED_MS = 1000, UNAVAILABLE = 14 };

static void answer(struct connection *c, const uint8_t *frame, size_t length) {
  struct call *k = call_find(c, get32(frame + 4));
  uint8_t type = frame[8];
  if (!k || k->sent < k->length || (type != RESPONSE && type != DATA)) return;
  buffer_put(&c->out, frame, length);
  k->is_stream = type == DATA;
  if (type == RESPONSE || (frame[9] & REMOTE_CLOSED)) calls_release(c, k);
}

// Cuts into frames. Returns the number of bytes that have been used, or SIZE_MAX if this is not ttrpc.
static size_t cut(struct connection *c, const uint8_t *bytes, size_t length) {
  size_t used = 0;
  while (length - used >= FRAME_HEADER) {
    size_t size = get32(bytes + used);
    if (size > MAX_MESSAGE) return SIZE_MAX;
    if (length - used < FRAME_HEADER + size) break;
    answer(c, bytes + used, FRAME_HEADER + size);
    used += FRAME_HEADER + size;
  }
  return used;
}

static void take(struct connection *c, const uint8_t *bytes, size_t length) {
  bool is_split = c->answer.length > 0;
  if (is_split) {
    buffer_put(&c->answer, bytes, length);
    bytes = c->answer.bytes;
    length = c->answer.length;
  }
  size_t used = cut(c, bytes, length);
  if (used == SIZE_MAX) {
    buffer_free(&c->answer);
    worker_doom(guardian.worker, PROTOCOL_ERROR, true);
    source_close(&c->worker);
  } else if (is_split) {
    buffer_drop(&c->answer, used);
  } else {
    buffer_put(&c->answer, bytes + used, length - used);
  }
}

// Reads once. Returns whether there may be more.
static bool read_once(struct connection *c) {
  ssize_t length = recv(c->worker.fd, chunk, sizeof chunk, MSG_DONTWAIT);
  if (length > 0) {
    take(c, chunk, (size_t)length);
    return c->worker.fd >= 0 && (size_t)length == sizeof chunk;
  }
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  source_close(&c->worker);
  c->lost_at = now_ms();
  return false;
}

static void worker_end_ready(struct source *s, uint32_t events) {
  struct connection *c = OWNER(s, struct connection, worker);
  // Without room for answers only the end of the worker's end counts.
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_once(c);
  answers_flush(c);
  if (!c->is_closed) calls_flush(c);
}

// Reads all that the worker has written, after its death or before the guardian's.
void answers_read(struct connection *c) {
  while (c->worker.fd >= 0 && read_once(c)) continue;
  answers_flush(c);
}

void answers_flush(struct connection *c) {
  size_t sent = 0;
  while (sent < c->out.length) {
    ssize_t length = send(c->client.fd, c->out.bytes + sent, c->out.length - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) break;
    if (length < 0) {
      connection_close(c);
      return;
    }
    sent += (size_t)length;
  }
  bool was_full = c->out.length >= MAX_UNSENT_BYTES;
  if (sent > 0) buffer_drop(&c->out, sent);
  source_want(&c->client, (c->phase == NO_ROOM ? 0 : EPOLLIN) | (c->out.length > 0 ? EPOLLOUT : 0));
  if (was_full) calls_flush(c);
}

static void put_varint(struct buffer *b, size_t value) {
  do {
    uint8_t byte = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    buffer_put(b, &byte, 1);
    value >>= 7;
  } while (value > 0);
}

// Answers with Response{status: {code, message}} (ttrpc's protobuf envelope).
void answer_status(struct connection *c, uint32_t stream, uint8_t code, const char *text) {
  struct buffer status = {0}, envelope = {0};
  size_t length = strlen(text);
  buffer_put(&status, (uint8_t[]){0x08, code, 0x12}, 3);
  put_varint(&status, length);
  buffer_put(&status, text, length);
  buffer_put(&envelope, (uint8_t[]){0x0a}, 1);
  put_varint(&envelope, status.length);
  buffer_put(&envelope, status.bytes, status.length);
  buffer_put32(&c->out, (uint32_t)envelope.length);
  buffer_put32(&c->out, stream);
  buffer_put(&c->out, (uint8_t[]){RESPONSE, 0}, 2);
  buffer_put(&c->out, envelope.bytes, envelope.length);
  buffer_free(&status);
  buffer_free(&envelope);
}

// ---- a worker comes and goes

// If there are no resources, the next tick tries again.
static void attach(struct connection *c, struct worker *w) {
  int ends[2];
  if (socket_pair(SOCK_STREAM, ends)) return;
  c->worker.ready = worker_end_ready;
  if (!source_add(&c->worker, ends[0], EPOLLIN)) {
    close(ends[0]), close(ends[1]);
    return;
  }
  struct buffer body = {0};
  uint32_t count = 0;
  for (struct call *k = c->calls; k; k = k->next) count += !k->is_data;
  const uint32_t head[] = {c->id, (uint32_t)c->peer.pid, c->peer.uid, c->peer.gid, count};
  for (size_t i = 0; i < sizeof head / sizeof *head; i++) buffer_put32(&body, head[i]);
  for (struct call *k = c->calls; k; k = k->next) {
    if (k->is_data) continue;
    k->is_dormant = false;
    buffer_put32(&body, k->stream);
    buffer_put32(&body, k->attempts);
    buffer_put32(&body, (uint32_t)elapsed_ms(k->since));
  }
  frame_send(w, CONN, &body, ends[1]);
  close(ends[1]);
  buffer_free(&body);
  c->unsent = c->calls;
  calls_flush(c);
}

// Gives a worker that is ready its end of each connection that it does not have.
void connections_attach(struct worker *w) {
  for (struct connection *c = connections; c && w->stage == READY; c = c->next) {
    if (c->worker.fd < 0 && !c->lost_at) attach(c, w);
  }
}

// Streams are not repeated: they end. Requests are, from their first byte.
static void detach(struct connection *c) {
  answers_read(c);
  if (c->is_closed) return;
  source_close(&c->worker);
  buffer_free(&c->answer);
  c->lost_at = 0;
  for (struct call *k = c->calls, *next; k; k = next) {
    next = k->next;
    if (k->is_stream && !k->is_data) answer_status(c, k->stream, UNAVAILABLE, "the shim's worker ended during the stream");
    if (k->is_stream || k->is_data) {
      calls_release(c, k);
      continue;
    }
    k->attempts += k->sent == k->length;
    k->sent = 0;
  }
  c->unsent = c->calls;
  answers_flush(c);
}

void connections_detach(void) {
  for (struct connection *c = connections, *next; c; c = next) {
    next = c->next;
    detach(c);
  }
}

static void refuse_calls(struct connection *c) {
  char text[160];
  snprintf(text, sizeof text, "the shim's worker is not ready: it ended %u times in a row, the last one: %s", guardian.deaths,
           cause_names[guardian.cause]);
  while (c->calls) {
    if (!c->calls->is_data) answer_status(c, c->calls->stream, UNAVAILABLE, text);
    calls_release(c, c->calls);
  }
  answers_flush(c);
}

// A worker that lives on after it closed its end of a connection wanted that connection closed.
void connections_tick(bool is_unavailable) {
  bool is_alive = guardian.worker && guardian.worker->stage == READY;
  for (struct connection *c = connections, *next; c; c = next) {
    next = c->next;
    if (is_unavailable) refuse_calls(c);
    if (!c->is_closed && is_alive && c->lost_at && elapsed_ms(c->lost_at) >= CLOSED_MS) connection_close(c);
  }
}

bool connections_flushed(void) {
  for (struct connection *c = connections; c; c = c->next) {
    if (c->out.length > 0) return false;
  }
  return true;
}

static bool is_listed(const uint8_t *list, size_t length, uint32_t id, uint32_t stream) {
  for (size_t at = 0; at + 8 <= length; at += 8) {
    if (get32(list + at) == id && get32(list + at + 4) == stream) return true;
  }
  return false;
}

// Whether the worker knows all calls: then those may wait for the next one, and only new calls wake it.
bool connections_sleep(const uint8_t *list, size_t length) {
  for (int pass = 0; pass < 2; pass++) {
    for (struct connection *c = connections; c; c = c->next) {
      for (struct call *k = c->calls; k; k = k->next) {
        if (pass == 0 && (k->is_data || k->is_stream || !is_listed(list, length, c->id, k->stream))) return false;
        k->is_dormant = true;
      }
    }
  }
  return true;
}
