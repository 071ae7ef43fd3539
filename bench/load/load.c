/* load: opens WebSockets to 127.0.0.1, has some of them send messages, and checks and times every delivery.

   usage: load name=value...     see `settings` below; prints one JSON object and ends by itself.

   A message's text carries "@@<number>:<nanoseconds>@@". Every socket of the sender's room must get every message
   once, and all sockets of a room in the same order. Handshake answers are not checked beyond the status. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SOCKETS = 20000, MAX_MESSAGES = 2000000, MAX_LIST = 64, CHUNK = 1 << 18, EVENTS = 1024 };

/* -- settings ---------------------------------------------------------------------------------------------------- */

static char *ports, *path = "/", *people, *origin = "", *protocol = "", *hello = "", *open_frame = "", *ready_text = "",
            *send_frame = "", *marker = "@@", *ack = "", *pids = "", *stores = "";
static double sockets = 1, senders = 1, window = 1, rate = 0, seconds = 1, warm = 0, most = MAX_MESSAGES, settle = 0.5,
              outstanding = 64, stalled = 0, padding = 0, cut = 0, jitter = 0.5, patience = 5, limit = 120;

static struct {
    const char *name;
    char **text;
    double *number;
} settings[] = {
    {"ports", &ports, 0},        /* socket i goes to the i-th of these, and around again */
    {"path", &path, 0},          /* %R: the socket's room */
    {"people", &people, 0},      /* a file, a line a socket: its room, and its cookie header or - */
    {"origin", &origin, 0},
    {"protocol", &protocol, 0},
    {"hello", &hello, 0},        /* the text of the frame after which `open` is sent; none: at once */
    {"open", &open_frame, 0},    /* %R room, %C cursor (after `cut`) */
    {"ready", &ready_text, 0},   /* the text of the frame that makes a socket ready; none: the handshake does */
    {"send", &send_frame, 0},    /* %R room, %B body, %N number, %U a fresh UUID */
    {"marker", &marker, 0},      /* what stands before a body, once a delivery */
    {"ack", &ack, 0},            /* how the frame begins that acknowledges a message to its sender */
    {"pids", &pids, 0},          /* the server's workers: their CPU and memory is reported */
    {"stores", &stores, 0},      /* databases and brokers: CPU with that of their children */
    {"sockets", 0, &sockets},
    {"senders", 0, &senders},    /* so many of the sockets send, in turn */
    {"window", 0, &window},      /* messages under way in the closed loop */
    {"rate", 0, &rate},          /* messages a second; 0: the closed loop */
    {"seconds", 0, &seconds},    /* how long messages are sent */
    {"warm", 0, &warm},          /* seconds of the same before, not counted */
    {"most", 0, &most},          /* messages at most */
    {"settle", 0, &settle},      /* seconds between readiness and the first message */
    {"outstanding", 0, &outstanding}, /* sockets connecting at the same time */
    {"stalled", 0, &stalled},    /* so many sockets, the last ones, stop reading when ready */
    {"padding", 0, &padding},    /* bytes after the mark in a body */
    {"cut", 0, &cut},            /* cut all but the first socket, send so many messages, have them come back */
    {"jitter", 0, &jitter},      /* bound of a cut socket's first wait; doubles with each failure, to 15 s */
    {"patience", 0, &patience},  /* seconds without any delivery after which what is missing is lost */
    {"limit", 0, &limit},        /* seconds that anything may take */
};

/* -- state ------------------------------------------------------------------------------------------------------- */

enum state { WAITING, CONNECTING, SHAKING, OPENING, READY, GONE };

static struct socket {
    int fd, room_size, first_of_room, failures, asleep, opened;
    enum state state;
    char room[24], cookie[300], epoch[48];
    unsigned char *kept;                 /* an incomplete frame */
    size_t kept_bytes;
    uint64_t received, order;
    long seq, close_code;
    double due;
} *all;

static struct message {
    int64_t sent;
    int missing, sender;
} *messages;

struct histogram {
    uint64_t counts[64 * 64], total;
    int64_t max;
};

static struct histogram to_others, to_self, acked;
static int poller, count, ready_count, connecting;
static uint64_t sent, done, delivered, acks, refused, strange, failed_connects, closes;
static long last_close;
static char first_failure[200];
static double progress_at;

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static double clock_seconds(void) { return nanoseconds() * 1e-9; }

static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

/* About 1.5 % exact: six bits after the leading one. */
static void record(struct histogram *histogram, int64_t value) {
    int high = value < 64 ? 0 : 63 - __builtin_clzll(value) - 5;
    histogram->counts[high * 64 + ((value >> (high ? high - 1 : 0)) & 63)]++;
    histogram->total++;
    if (value > histogram->max) histogram->max = value;
}

static double percentile(const struct histogram *histogram, double share) {
    uint64_t wanted = histogram->total * share, seen = 0;
    for (int i = 0; i < 64 * 64; i++)
        if ((seen += histogram->counts[i]) > wanted) {
            int high = i / 64;
            return (high ? (double)((int64_t)((i % 64) | (high > 0 ? 64 : 0)) << (high - 1)) : i % 64) * 1e-6;
        }
    return histogram->max * 1e-6;
}

/* -- what the server uses ---------------------------------------------------------------------------------------- */

static double cpu_of(long pid, int with_children) {
    char name[64], text[2048];
    snprintf(name, sizeof name, "/proc/%ld/stat", pid);
    FILE *file = fopen(name, "r");
    if (!file) return 0;
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    unsigned long user = 0, system = 0, children_user = 0, children_system = 0;
    sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", &user, &system,
           &children_user, &children_system);
    double total = (user + system + (with_children ? children_user + children_system : 0)) / (double)sysconf(_SC_CLK_TCK);
    snprintf(name, sizeof name, "/proc/%ld/task/%ld/children", pid, pid);
    if (with_children && (file = fopen(name, "r"))) {
        for (long child; fscanf(file, "%ld", &child) == 1;) total += cpu_of(child, 1);
        fclose(file);
    }
    return total;
}

static double cpu(const char *list, int with_children) {
    double total = 0;
    for (char *at = (char *)list; *at; at += *at == ',') total += cpu_of(strtol(at, &at, 10), with_children);
    return total;
}

static double memory(void) {
    double pages = 0;
    for (char *at = pids; *at; at += *at == ',') {
        char name[64];
        long resident = 0;
        snprintf(name, sizeof name, "/proc/%ld/statm", strtol(at, &at, 10));
        FILE *file = fopen(name, "r");
        if (file && fscanf(file, "%*d %ld", &resident) == 1) pages += resident;
        if (file) fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

/* -- one socket -------------------------------------------------------------------------------------------------- */

static void put(int fd, const void *bytes, size_t size) {
    const char *at = bytes;
    while (size) {
        ssize_t taken = send(fd, at, size, MSG_NOSIGNAL);
        if (taken < 0 && errno == EAGAIN) {
            struct pollfd writable = {fd, POLLOUT, 0};
            if (poll(&writable, 1, 1000) > 0) continue;
        }
        if (taken < 0) return; /* what is missing shows as lost, or the close is read */
        at += taken, size -= taken;
    }
}

static void put_frame(int fd, int opcode, const char *text, size_t size) {
    static unsigned char frame[1 << 17];
    size_t head = size < 126 ? 2 : 4;
    if (size > 65535) die("a frame of %zu bytes", size);
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (size < 126 ? size : 126);
    if (head == 4) frame[2] = size >> 8, frame[3] = size;
    memset(frame + head, 0, 4); /* the mask */
    memcpy(frame + head + 4, text, size);
    put(fd, frame, head + 4 + size);
}

static size_t fill(char *out, size_t space, const char *template, const struct socket *socket, uint64_t number) {
    char *at = out, *end = out + space - 200 - (size_t)padding;
    for (const char *from = template; *from && at < end; from++) {
        if (*from != '%') {
            *at++ = *from;
            continue;
        }
        uint16_t random[8];
        switch (*++from) {
        case 'R': at += sprintf(at, "%s", socket->room); break;
        case 'N': at += sprintf(at, "%lu", number); break;
        case 'B':
            at += sprintf(at, "@@%lu:%ld@@", number, nanoseconds());
            memset(at, 'x', padding);
            at += (size_t)padding;
            break;
        case 'C':
            if (socket->epoch[0]) at += sprintf(at, ",\"since\":{\"epoch\":\"%s\",\"seq\":%ld}", socket->epoch, socket->seq);
            break;
        case 'U':
            if (getrandom(random, sizeof random, 0) != sizeof random) die("no random numbers");
            at += sprintf(at, "%04x%04x-%04x-4%03x-8%03x-%04x%04x%04x", random[0], random[1], random[2], random[3] & 0xfff,
                          random[4] & 0xfff, random[5], random[6], random[7]);
            break;
        default: die("%%%c in %s", *from, template);
        }
    }
    *at = 0;
    return at - out;
}

static void lose(struct socket *socket, const char *why) {
    if (socket->state == CONNECTING || socket->state == SHAKING || socket->state == OPENING) {
        failed_connects++, connecting--;
        if (!first_failure[0]) snprintf(first_failure, sizeof first_failure, "%.150s", why);
    }
    if (socket->state == READY) ready_count--;
    if (socket->state != GONE) closes++;
    close(socket->fd);
    socket->kept_bytes = 0;
    socket->state = GONE;
}

static void connect_to(struct socket *socket) {
    static int port[MAX_LIST], port_count;
    if (!port_count)
        for (char *at = ports; *at && port_count < MAX_LIST; at += *at == ',') port[port_count++] = strtol(at, &at, 10);
    int index = socket - all, one = 1;
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    to.sin_port = htons(port[index % port_count]);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + index / 10000); /* more than one address has ports for */
    socket->fd = socket_fd_new();
    if (bind(socket->fd, (void *)&from, sizeof from)) die("bind: %s", strerror(errno));
    setsockopt(socket->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (index >= count - stalled) setsockopt(socket->fd, SOL_SOCKET, SO_RCVBUF, &(int){16384}, sizeof(int));
    socket->state = CONNECTING, connecting++;
    socket->opened = 0;
    if (connect(socket->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) return lose(socket, strerror(errno));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = index};
    epoll_ctl(poller, EPOLL_CTL_ADD, socket->fd, &event);
}
