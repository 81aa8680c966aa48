// What the files of the guardian share. PROTOCOL.md describes the frames, the limits and the states.
#ifndef GUARDIAN_H
#define GUARDIAN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

enum {
  PROTOCOL_VERSION = 1,
  FRAME_HEADER = 10,                  // of ttrpc
  MAX_MESSAGE = 4 << 20,              // of a ttrpc frame, without its header
  MAX_CALLS_BYTES = 8 << 20,          // of all kept requests
  MAX_CONNECTION_BYTES = 5 << 20,     // of the kept requests of one connection
  MAX_UNSENT_BYTES = 1 << 20,         // answers that a client has not read; then the worker's end is not read
  MAX_BODY = 1 << 20,                 // of a frame that a worker sends
  MAX_PENDING_BYTES = 16 << 20,       // frames that a worker has not read; then it is ended
  MAX_EXITS = 4096,                   // remembered ones, and watched processes
  MAX_KEYS = 4096,
  MAX_CONNECTIONS = 1024,
  MAX_NAME = 255,                     // of a key or of a spawned process
  STDERR_TAIL = 8192,
  EXIT_MEMORY_MS = 10000,             // of an exit that no worker watches
  TICK_MS = 1000,
};

// ---- memory (memory.c)

struct buffer {
  uint8_t *bytes;
  size_t length, capacity;
};

// What was read last. It is used up before the next read.
extern uint8_t chunk[65536];

void *allocate(size_t size);
void buffer_put(struct buffer *, const void *bytes, size_t length);
void buffer_put32(struct buffer *, uint32_t value);
void buffer_put64(struct buffer *, uint64_t value);
void buffer_drop(struct buffer *, size_t length);
void buffer_free(struct buffer *);
uint32_t get32(const uint8_t *bytes);
uint64_t get64(const uint8_t *bytes);
uint64_t now_ms(void);
uint64_t elapsed_ms(uint64_t since);

// ---- event loop (loop.c)

// A descriptor in the loop. `ready` must be set before source_add. fd is -1 when it is closed.
struct source {
  int fd;
  uint32_t events;
  void (*ready)(struct source *, uint32_t events);
};

#define OWNER(source, type, member) ((type *)((char *)(source)-offsetof(type, member)))

void loop_open(void);
bool source_add(struct source *, int fd, uint32_t events);
void source_want(struct source *, uint32_t events);
void source_mute(struct source *);  // takes it out of the loop
void source_close(struct source *);
void free_later(void *memory);  // until the events of this turn have been handled
void loop_turn(int timeout_ms);

// ---- descriptors and processes (process.c)

struct process_state {
  char state;      // as in /proc/PID/stat
  uint64_t cpu;    // clock ticks
  uint64_t start;  // start time in clock ticks; 0 = unknown
  int error;       // why it is unknown: errno, ENOENT if there is no such process
};

struct mapping {
  int source, target;
};

struct launch {
  const char *path, *directory;  // directory "" = stay
  char **argv, **environment;
  struct mapping descriptors[16];
  size_t descriptor_count;
  bool is_worker, is_session;
};

struct process_state process_state(pid_t);
// Forks and executes. `error_pipe` receives the errno of a failed exec, or the end of file. Returns -1 with errno.
pid_t launch(const struct launch *, int *error_pipe);
int socket_pair(int type, int ends[2]);                  // 0, or -1 with errno
int send_descriptor(int socket, int fd);                 // 0, or -1 with errno
int receive_descriptor(int socket, bool *is_truncated);  // or -1

// ---- workers (worker.c, watchdog.c)

enum stage { BOOTING, WAITING, RESTORING, READY, DOOMED };
enum cause { FIRST, CRASH, HANG, EXITED, UPGRADE, WAKE, ROLLBACK, PROTOCOL_ERROR };

struct outgoing;

struct worker {
  pid_t pid;
  enum stage stage;
  enum cause cause;   // why it was ended, if this is DOOMED
  bool is_distrusted; // its last frames are not applied
  bool is_hello_done, is_ponged;
  struct source control, rights, error_pipe;
  uint32_t epoch;
  struct buffer in;
  struct outgoing *out, **out_tail;
  size_t out_bytes;
  uint64_t born_at, ready_at, doomed_at, silent_since;  // silent: since the PING that has no answer
  uint32_t ping, lag_ms;
  uint64_t cpu_at_pong, cpu_before;
  char build[65];
};

struct options {
  uint64_t ready_timeout_ms, hang_timeout_ms, backoff_max_ms, rollback_ms;
};

struct tail {
  uint8_t bytes[STDERR_TAIL];
  size_t length;
};

struct guardian {
  struct options options;
  struct rlimit files;               // the limit that children get
  char **argv, **standby_argv, **previous_argv;  // previous: until the new one has proven itself; each one block
  struct worker *worker, *standby;
  uint32_t epoch, deaths, boot_failures;
  uint64_t deaths_total;
  enum cause cause;                  // of the last death
  int last_status;
  uint64_t spawn_at, alarm_at, unready_since, quiesced_until, replaced_at, tick_at, accept_at;  // 0 = no
  bool is_asleep, is_ending;
  uint64_t end_at;
  int oom_score;
  struct tail tail, last_tail;       // standard error of the workers: since the last death, and until then
  int stderr_pipe;                   // write end
};

extern struct guardian guardian;
extern const char *const cause_names[];
extern const char *const stage_names[];

void worker_start(void);
void worker_doom(struct worker *, enum cause, bool is_distrusted);
bool worker_reaped(pid_t, int status);
void worker_ready(struct worker *);
void worker_waiting(struct worker *);
bool worker_takes_frames(void);      // whether EXIT, EVENT and the like can be sent
void worker_wake(void);
void worker_tick(void);
void worker_timers(uint64_t now);
bool worker_replace(char **argv);
bool stderr_read(void);              // main.c. Reads once; returns whether there was anything
void watchdog_check(struct worker *);

// ---- frames between guardian and worker (frames.c, requests.c)

enum operation {
  HELLO = 0x01, STATE, KEEP, DROP, WATCH, DONE, READY_NOW, SPAWN, POLL, PONG, SLEEP, ALARM, END,
  WELCOME = 0x81, FD, EXIT, STATE_END, OPENED, CONN, SPAWNED, EVENT, PING, QUIESCE, REFUSED,
};

void frames_open(struct worker *, int control, int rights);
void frames_close(struct worker *);
void frames_drain(struct worker *);
void frames_flush(struct worker *);
// Queues a frame, after the descriptor `fd` if that is not -1. fd stays the caller's.
void frame_send(struct worker *, enum operation, const struct buffer *body, int fd);
void frame_refuse(struct worker *, enum operation, int error, const char *name);
bool frame_apply(struct worker *, uint8_t operation, const uint8_t *body, size_t length);
void state_send(struct worker *);

// ---- connections of clients (connection.c, answers.c)

struct call {
  struct call *next;
  uint32_t stream, length, sent, attempts;
  uint64_t since;
  bool is_data, is_stream, is_dormant;
  uint8_t frame[];
};

enum phase { HEADER, NO_ROOM, BODY, SKIP };

struct connection {
  struct connection *next;
  uint32_t id;
  struct ucred peer;
  struct source client, worker;
  enum phase phase;
  uint8_t header[FRAME_HEADER];
  uint32_t filled, skip;             // bytes of the header or body that have come; bytes to discard
  struct call *partial;
  struct buffer unread;              // came after a frame for which there is no room
  struct call *calls, **tail, *unsent;
  struct buffer answer, out;         // part of an answer; whole answers that the client has not read
  size_t held;
  uint64_t lost_at;                  // the worker closed its end
  bool is_closed;
};

extern struct connection *connections;

void connection_accept(struct source *, uint32_t events);
void connection_close(struct connection *);
void connections_attach(struct worker *);
void connections_detach(void);
void connections_resume(void);
void connections_tick(bool is_unavailable);
bool connections_flushed(void);
bool connections_sleep(const uint8_t *list, size_t length);
void calls_release(struct connection *, struct call *);
void calls_flush(struct connection *);
size_t calls_count(void);
size_t calls_bytes(void);
struct call *call_find(struct connection *, uint32_t stream);
void answers_read(struct connection *);
void answers_flush(struct connection *);
void answer_status(struct connection *, uint32_t stream, uint8_t code, const char *text);

// ---- kept descriptors (keys.c)

void keys_keep(struct worker *, const char *key, int fd, bool is_writer);
void keys_drop(const char *key, bool is_prefix, bool is_writer_only);
void keys_poll(struct worker *, const char *key);
int keys_find(const char *key);
void keys_send(struct worker *);
void keys_send_events(struct worker *);
bool keys_have_events(void);
size_t keys_count(void);

// ---- exits and spawned processes (exits.c, spawn.c)

struct process {
  struct process *next;
  pid_t pid;
  uint64_t start, sequence, expires_ms;
  int status, error;
  struct timespec at;
  bool is_ended, is_lost;
  struct source error_pipe;
  char name[];
};

void exits_reap(void);
void exits_watch(struct worker *, pid_t, uint64_t start);
void exits_done(pid_t, uint64_t sequence);
void exits_send(struct worker *);
void exits_tick(void);
bool exits_pending(void);
size_t exits_watched(void);
size_t exits_remembered(void);
bool exits_has_name(const char *name);
struct process *exits_add(pid_t, uint64_t start, const char *name);
void exits_report_spawned(struct worker *, const struct process *);
void spawn(struct worker *, const uint8_t *body, size_t length);

// ---- control socket (control.c)

int listen_at(const char *path);
bool control_open(const char *path);
void control_accept_again(void);
void accept_failed(struct source *);  // main.c
char **copy_words(const uint8_t *words, size_t length);
bool is_peer_ours(int fd, struct ucred *);

#endif
