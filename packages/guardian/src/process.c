// Processes, and descriptors as messages.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "guardian.h"

enum { FIRST_SPARE_DESCRIPTOR = 64 };

struct process_state process_state(pid_t pid) {
  struct process_state result = {0};
  char path[32], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (length <= 0) result.error = length == 0 || errno == ESRCH ? ENOENT : errno;
  if (fd >= 0) close(fd);
  if (length <= 0) return result;
  text[length] = 0;
  char *field = strrchr(text, ')');
  if (!field || field[1] != ' ') return result;
  result.state = field[2];
  field += 2;
  for (int number = 3; number <= 22 && field; number++) {
    if (number == 14 || number == 15) result.cpu += strtoull(field, NULL, 10);
    if (number == 22) result.start = strtoull(field, NULL, 10);
    field = strchr(field, ' ');
    if (field) field++;
  }
  return result;
}

static void reset_signals(void) {
  sigset_t none;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// The kernel's OOM killer prefers a worker to its guardian.
static void raise_oom_score(void) {
  char text[16];
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  int length = snprintf(text, sizeof text, "%d", guardian.oom_score < 1000 ? guardian.oom_score + 1 : 1000);
  ssize_t written = write(fd, text, (size_t)length);
  (void)written;
  close(fd);
}

// All sources are moved out of the way of the targets first.
static bool map_descriptors(const struct launch *l) {
  int copies[16];
  for (size_t i = 0; i < l->descriptor_count; i++) {
    copies[i] = fcntl(l->descriptors[i].source, F_DUPFD_CLOEXEC, FIRST_SPARE_DESCRIPTOR);
    if (copies[i] < 0) return false;
  }
  for (size_t i = 0; i < l->descriptor_count; i++) {
    if (dup2(copies[i], l->descriptors[i].target) < 0) return false;
  }
  return true;
}

static void become(const struct launch *l, pid_t parent) {
  reset_signals();
  if (l->is_worker) {
    raise_oom_score();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
  }
  if (l->is_session) {
    setsid();
  } else {
    setpgid(0, 0);
  }
  if (!map_descriptors(l)) return;
  setrlimit(RLIMIT_NOFILE, &guardian.files);
  if (l->directory[0] && chdir(l->directory)) return;
  execve(l->path, l->argv, l->environment);
}

pid_t launch(const struct launch *l, int *error_pipe) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK)) return -1;
  pid_t parent = getpid(), pid = fork();
  if (pid == 0) {
    // Above every target, so that no mapping replaces it.
    int report = fcntl(ends[1], F_DUPFD_CLOEXEC, FIRST_SPARE_DESCRIPTOR);
    become(l, parent);
    int error = errno;
    ssize_t written = write(report, &error, sizeof error);
    (void)written;
    _exit(127);
  }
  int error = errno;
  close(ends[1]);
  if (pid < 0) close(ends[0]);
  errno = error;
  *error_pipe = ends[0];
  return pid;
}

// The guardian's end, ends[0], does not block.
int socket_pair(int type, int ends[2]) {
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends)) return -1;
  return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

int send_descriptor(int socket, int fd) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  char byte = 'f';
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
  return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ? 0 : -1;
}

int receive_descriptor(int socket, bool *is_truncated) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  char byte;
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  // The other side ended without reading all. The kernel says so once, before what it has sent.
  if (length < 0 && errno == ECONNRESET) length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  *is_truncated = length >= 0 && (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC));
  struct cmsghdr *header = length < 0 ? NULL : CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_type != SCM_RIGHTS) return -1;
  // CMSG_SPACE may have room for a second descriptor, because it rounds up.
  size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  int fds[2] = {-1, -1};
  memcpy(fds, CMSG_DATA(header), count * sizeof(int));
  if (count == 1 && !*is_truncated) return fds[0];
  for (size_t i = 0; i < count; i++) close(fds[i]);
  *is_truncated = true;
  return -1;
}
