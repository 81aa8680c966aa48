// dunnage-guardian: the process of a group that outlives its workers. README.md describes the command line.
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guardian.h"

enum { END_MS = 1000, FLUSH_MS = 3000, CLOSE_ON_EXEC = 4 };

struct guardian guardian = {
    .options = {.ready_timeout_ms = 30000, .hang_timeout_ms = 10000, .backoff_max_ms = 5000, .rollback_ms = 10000}};

static struct source listener, signals, errors;
static const char *listen_path, *control_path;
static int listen_fd = -1, ready_fd = -1;

static void usage(void) {
  fputs("usage: dunnage-guardian (--listen PATH | --listen-fd N) --control PATH [--ready-fd N] [--ready-timeout MS]\n"
        "         [--hang-timeout MS] [--backoff-max MS] [--rollback-timeout MS] -- WORKER [ARGUMENT...]\n", stderr);
  exit(2);
}

static uint64_t read_number(const char *text) {
  char *end;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  if (errno || end == text || *end || value > INT_MAX) usage();
  return value;
}

static void read_options(int argc, char **argv) {
  static const struct option known[] = {
      {"listen", 1, NULL, 'l'},       {"listen-fd", 1, NULL, 'f'},     {"control", 1, NULL, 'c'},
      {"ready-fd", 1, NULL, 'r'},     {"ready-timeout", 1, NULL, 't'}, {"hang-timeout", 1, NULL, 'h'},
      {"backoff-max", 1, NULL, 'b'},  {"rollback-timeout", 1, NULL, 'o'}, {0}};
  for (int option; (option = getopt_long(argc, argv, "+", known, NULL)) != -1;) {
    switch (option) {
      case 'l': listen_path = optarg; break;
      case 'f': listen_fd = (int)read_number(optarg); break;
      case 'c': control_path = optarg; break;
      case 'r': ready_fd = (int)read_number(optarg); break;
      case 't': guardian.options.ready_timeout_ms = read_number(optarg); break;
      case 'h': guardian.options.hang_timeout_ms = read_number(optarg); break;
      case 'b': guardian.options.backoff_max_ms = read_number(optarg); break;
      case 'o': guardian.options.rollback_ms = read_number(optarg); break;
      default: usage();
    }
  }
  if (optind >= argc || argv[optind][0] != '/' || !control_path || (listen_fd < 0) == !listen_path) usage();
  struct buffer words = {0};
  for (int i = optind; i < argc; i++) buffer_put(&words, argv[i], strlen(argv[i]) + 1);
  guardian.argv = copy_words(words.bytes, words.length);
  buffer_free(&words);
}

static void fail(const char *what) {
  fprintf(stderr, "dunnage-guardian: %s: %s\n", what, strerror(errno));
  exit(1);
}

// ---- standard error of the workers: the last bytes are kept

bool stderr_read(void) {
  uint8_t bytes[STDERR_TAIL];
  struct tail *tail = &guardian.tail;
  ssize_t length = read(errors.fd, bytes, sizeof bytes);
  if (length <= 0) return false;
  size_t count = (size_t)length, room = STDERR_TAIL - tail->length;
  size_t excess = count > room ? count - room : 0;
  memmove(tail->bytes, tail->bytes + excess, tail->length - excess);
  tail->length -= excess;
  memcpy(tail->bytes + tail->length, bytes, count);
  tail->length += count;
  return true;
}

static void errors_ready(struct source *s, uint32_t events) {
  (void)s, (void)events;
  stderr_read();
}

// The guardian keeps the write end: commands that outlive a worker must not get SIGPIPE.
static void open_errors(void) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK)) fail("pipe");
  guardian.stderr_pipe = ends[1];
  errors.ready = errors_ready;
  if (!source_add(&errors, ends[0], EPOLLIN)) fail("epoll");
}

// ---- signals

// SIGTERM and SIGINT are for the worker: it knows whether the group may end.
static void signals_ready(struct source *s, uint32_t events) {
  struct signalfd_siginfo info;
  (void)events;
  while (read(s->fd, &info, sizeof info) > 0) {
    bool is_for_worker = info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
    if (is_for_worker && guardian.worker && guardian.worker->pid > 0) kill(guardian.worker->pid, (int)info.ssi_signo);
  }
  exits_reap();
}

static void open_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  const int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&set, numbers[i]);
  sigprocmask(SIG_BLOCK, &set, NULL);
  signals.ready = signals_ready;
  int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0 || !source_add(&signals, fd, EPOLLIN)) fail("signalfd");
}

// ---- life

// Without descriptors a listening socket would stay readable: it is tried again after a while.
void accept_failed(struct source *s) {
  if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) return;
  source_want(s, 0);
  guardian.accept_at = now_ms() + TICK_MS;
}

static void prepare_process(void) {
  if (syscall(SYS_close_range, 3, ~0U, CLOSE_ON_EXEC)) {
    for (int fd = 3; fd < 1024; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  if (getrlimit(RLIMIT_NOFILE, &guardian.files)) fail("getrlimit");
  struct rlimit most = {guardian.files.rlim_max, guardian.files.rlim_max};
  setrlimit(RLIMIT_NOFILE, &most);
  setsid();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_NAME, "dunnage-guard");
  char text[16] = "";
  int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  guardian.oom_score = length > 0 ? (int)strtol(text, NULL, 10) : 0;
}

static void open_sockets(void) {
  if (listen_path) listen_fd = listen_at(listen_path);
  if (listen_fd < 0) fail(listen_path);
  fcntl(listen_fd, F_SETFL, O_NONBLOCK);
  listener.ready = connection_accept;
  if (!source_add(&listener, listen_fd, EPOLLIN)) fail("the listening socket");
  if (!control_open(control_path)) fail(control_path);
  if (ready_fd < 0) return;
  ssize_t written = write(ready_fd, "\n", 1);
  (void)written;
  close(ready_fd);
}

static int timeout_ms(uint64_t now) {
  uint64_t next = guardian.tick_at;
  bool is_quiescing = guardian.worker && guardian.worker->stage != DOOMED;
  const uint64_t others[] = {guardian.spawn_at, guardian.alarm_at, guardian.accept_at, is_quiescing ? guardian.quiesced_until : 0};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    if (others[i] && (!next || others[i] < next)) next = others[i];
  }
  if (!next) return -1;
  if (next <= now) return 0;
  return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}

// An idle group without a worker has no tick.
static void run_timers(uint64_t now) {
  if (guardian.tick_at && now >= guardian.tick_at) {
    guardian.tick_at = 0;
    worker_tick();
  }
  if (guardian.accept_at && now >= guardian.accept_at) {
    guardian.accept_at = 0;
    source_want(&listener, EPOLLIN);
    control_accept_again();
  }
  worker_timers(now);
  connections_resume();
  bool is_idle = guardian.is_asleep && !guardian.worker && !guardian.standby;
  if (is_idle) guardian.tick_at = 0;
  else if (!guardian.tick_at) guardian.tick_at = now + TICK_MS;
}

// END: what has been answered reaches the clients, then all ends. Returns whether it has.
static bool has_ended(void) {
  if (!guardian.is_ending) return false;
  source_close(&listener);
  if (guardian.worker && elapsed_ms(guardian.end_at) >= END_MS) worker_doom(guardian.worker, EXITED, false);
  if (guardian.standby) worker_doom(guardian.standby, EXITED, false);
  return !guardian.worker && (connections_flushed() || elapsed_ms(guardian.end_at) >= FLUSH_MS);
}

int main(int argc, char **argv) {
  read_options(argc, argv);
  prepare_process();
  loop_open();
  open_sockets();
  open_errors();
  open_signals();
  if (chdir("/")) fail("/");
  worker_start();
  for (;;) {
    uint64_t now = now_ms();
    run_timers(now);
    if (has_ended()) break;
    loop_turn(timeout_ms(now));
  }
  if (listen_path) unlink(listen_path);
  unlink(control_path);
  return 0;
}
