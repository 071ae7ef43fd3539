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

enum { MAX_SOCKETS = 20000, MAX_MESSAGES = 2000000, MAX_LIST = 64, CHUNK = 1 << 20, EVENTS = 1024 };

/* -- settings ---------------------------------------------------------------------------------------------------- */

static char *ports, *path = "/", *people, *origin = "", *protocol = "", *hello = "", *open_frame = "", *ready_text = "",
            *send_frame = "", *marker = "@@", *ack = "", *pids = "", *stores = "";
static double sockets = 1, senders = 1, window = 1, rate = 0, seconds = 1, warm = 0, most = MAX_MESSAGES, settle = 0.5,
              outstanding = 64, stalled = 0, padding = 0, cut = 0, jitter = 0.5, give_up = 10, patience = 5, limit = 120;

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
    {"give_up", 0, &give_up},    /* seconds without `hello` after which a cut socket tries again */
    {"patience", 0, &patience},  /* seconds without any delivery after which what is missing is lost */
    {"limit", 0, &limit},        /* seconds that anything may take */
};

/* -- state ------------------------------------------------------------------------------------------------------- */

enum state { WAITING, CONNECTING, SHAKING, OPENING, READY, GONE };

static struct client {
    int fd, room_size, first_of_room, failures, asleep, opened;
    enum state state;
    char room[24], cookie[300], epoch[48];
    unsigned char *kept;                 /* an incomplete frame */
    size_t kept_bytes;
    uint64_t received, order;
    long seq, close_code;
    double due; /* when to connect, or since when this try, or since when it is ready */
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
static uint64_t sent, done, delivered, acks, refused, failed_connects, closes;
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

static size_t fill(char *out, size_t space, const char *template, const struct client *client, uint64_t number) {
    char *at = out, *end = out + space - 200 - (size_t)padding;
    for (const char *from = template; *from && at < end; from++) {
        if (*from != '%') {
            *at++ = *from;
            continue;
        }
        uint16_t random[8];
        switch (*++from) {
        case 'R': at += sprintf(at, "%s", client->room); break;
        case 'N': at += sprintf(at, "%lu", number); break;
        case 'B':
            at += sprintf(at, "@@%lu:%ld@@", number, nanoseconds());
            memset(at, 'x', padding);
            at += (size_t)padding;
            break;
        case 'C':
            if (client->epoch[0]) at += sprintf(at, ",\"since\":{\"epoch\":\"%s\",\"seq\":%ld}", client->epoch, client->seq);
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

static void lose(struct client *client, const char *why) {
    if (client->state == CONNECTING || client->state == SHAKING || client->state == OPENING) {
        failed_connects++, connecting--;
        if (!first_failure[0]) snprintf(first_failure, sizeof first_failure, "%.150s", why);
    }
    if (client->state == READY) ready_count--;
    if (client->state != GONE) closes++;
    close(client->fd);
    client->kept_bytes = 0;
    client->state = GONE;
}

static void connect_to(struct client *client) {
    static int port[MAX_LIST], port_count;
    if (!port_count)
        for (char *at = ports; *at && port_count < MAX_LIST; at += *at == ',') port[port_count++] = strtol(at, &at, 10);
    int index = client - all, one = 1;
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    to.sin_port = htons(port[index % port_count]);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + index / 10000); /* more than one address has ports for */
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(client->fd, (void *)&from, sizeof from)) die("bind: %s", strerror(errno));
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (index >= count - stalled) setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &(int){16384}, sizeof(int));
    client->state = CONNECTING, connecting++;
    client->opened = 0;
    client->due = clock_seconds();
    if (connect(client->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) return lose(client, strerror(errno));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = index};
    epoll_ctl(poller, EPOLL_CTL_ADD, client->fd, &event);
}

static void begin(struct client *client) {
    char text[1 << 16];
    client->opened = 1;
    if (*open_frame) put_frame(client->fd, 1, text, fill(text, sizeof text, open_frame, client, 0));
}

static void become_ready(struct client *client) {
    client->state = READY;
    client->due = clock_seconds();
    client->asleep = client - all >= count - stalled;
    connecting--, ready_count++;
    if (client->asleep) epoll_ctl(poller, EPOLL_CTL_DEL, client->fd, 0);
}

static void shake(struct client *client) {
    char path_text[512], request[4096];
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) return lose(client, strerror(error));
    fill(path_text, sizeof path_text + (size_t)padding, path, client, 0);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", path_text);
    const char *fields[][2] = {{"Origin", origin}, {"Sec-WebSocket-Protocol", protocol}, {"Cookie", client->cookie}};
    for (int i = 0; i < 3; i++)
        if (*fields[i][1])
            length += snprintf(request + length, sizeof request - length, "%s: %s\r\n", fields[i][0], fields[i][1]);
    length += snprintf(request + length, sizeof request - length, "\r\n");
    client->state = SHAKING;
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = client - all};
    epoll_ctl(poller, EPOLL_CTL_MOD, client->fd, &event);
    put(client->fd, request, length);
}

static int begins(const unsigned char *text, size_t size, const char *with) {
    size_t wanted = strlen(with);
    return *with && size >= wanted && !memcmp(text, with, wanted);
}

static int holds(const unsigned char *text, size_t size, const char *what) { return memmem(text, size, what, strlen(what)) != 0; }

static void arrived(struct client *client, const unsigned char *body, int is_ack) {
    char *end;
    uint64_t number = strtoull((const char *)body, &end, 10);
    if (*end != ':' || number >= sent) return; /* of an earlier run, in somebody's history */
    int64_t late = nanoseconds() - strtoll(end + 1, &end, 10);
    struct message *message = &messages[number];
    if (is_ack) {
        acks++;
        record(&acked, late);
    } else if (client->asleep) {
        return;
    } else {
        client->received++, delivered++;
        client->order = client->order * 1000003 + number + 1;
        record(message->sender == client - all ? &to_self : &to_others, late);
    }
    if (--message->missing == 0) done++;
    progress_at = clock_seconds();
}

/* The reply that opens a room says where it stands; only a resume needs that. */
static void keep_cursor(struct client *client, const unsigned char *text, size_t size) {
    const char *epoch = memmem(text, size, "\"epoch\":\"", 9), *head = memmem(text, size, "\"changes\":", 10);
    if (!epoch || !head) return;
    sscanf(epoch + 9, "%47[0-9a-f]", client->epoch);
    const char *at = memmem(epoch, head - epoch, "\"head\":", 7);
    if (at) client->seq = strtol(at + 7, 0, 10);
}

static void text_frame(struct client *client, unsigned char *text, size_t size) {
    unsigned char after = text[size]; /* of the next frame; a NUL here ends every number and search */
    text[size] = 0;
    if (client->state == OPENING) {
        if (!client->opened && holds(text, size, hello)) begin(client);
        if (*ready_text && holds(text, size, ready_text)) {
            if (cut) keep_cursor(client, text, size);
            if (holds(text, size, "\"ok\":false")) die("cannot open: %.200s", text);
            become_ready(client);
        }
    }
    int is_ack = begins(text, size, ack);
    if (is_ack && holds(text, size, "\"ok\":false")) {
        refused++;
        if (!first_failure[0]) snprintf(first_failure, sizeof first_failure, "%.150s", text);
    }
    is_ack = is_ack && client->state == READY && !holds(text, size, "\"changes\":");
    size_t mark = strlen(marker);
    for (unsigned char *at = text; (at = memmem(at, text + size - at, marker, mark)); at += mark) {
        arrived(client, at + mark, is_ack);
        if (is_ack) break;
    }
    text[size] = after;
}

static void frame(struct client *client, int opcode, unsigned char *payload, size_t size) {
    if (opcode == 1 || opcode == 2) {
        text_frame(client, payload, size);
    } else if (opcode == 9) {
        put_frame(client->fd, 10, (char *)payload, size);
    } else if (opcode == 8) {
        client->close_code = last_close = size >= 2 ? payload[0] << 8 | payload[1] : 1005;
        char why[40];
        snprintf(why, sizeof why, "closed with %ld", last_close);
        lose(client, why);
    }
}

static size_t take_handshake(struct client *client, unsigned char *bytes, size_t size) {
    unsigned char *end = memmem(bytes, size, "\r\n\r\n", 4);
    if (!end) return 0;
    if (!begins(bytes, size, "HTTP/1.1 101")) {
        *end = 0;
        lose(client, (char *)bytes);
        return size;
    }
    client->state = OPENING;
    if (!*hello) begin(client);
    if (!*ready_text) become_ready(client);
    return end + 4 - bytes;
}

static size_t take_frame(struct client *client, unsigned char *bytes, size_t size) {
    if (client->state == SHAKING) return take_handshake(client, bytes, size);
    size_t head = 2, length = size < 2 ? 0 : bytes[1] & 127;
    if (length == 126) head = 4, length = size < 4 ? 0 : bytes[2] << 8 | bytes[3];
    else if (length == 127) {
        head = 10;
        length = 0;
        for (int i = 2; i < 10 && size >= 10; i++) length = length << 8 | bytes[i];
    }
    if (size < head || size - head < length) return 0;
    frame(client, bytes[0] & 15, bytes + head, length);
    return head + length;
}

static void receive(struct client *client) {
    static unsigned char bytes[2 * CHUNK + 1];
    while (client->state != GONE) {
        size_t kept = client->kept_bytes, used = 0, taken = 1;
        if (kept > CHUNK) die("a frame of more than %d bytes", CHUNK);
        memcpy(bytes, client->kept, kept);
        ssize_t got = recv(client->fd, bytes + kept, CHUNK, 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) return lose(client, got ? strerror(errno) : "closed without a word");
        size_t size = kept + got;
        while (used < size && taken && client->state != GONE) used += taken = take_frame(client, bytes + used, size - used);
        if (client->state == GONE) return;
        client->kept_bytes = size - used;
        client->kept = realloc(client->kept, client->kept_bytes + 1);
        memcpy(client->kept, bytes + used, client->kept_bytes);
        if (got < 4096) return;
    }
}

static void turn(int milliseconds) {
    static struct epoll_event events[EVENTS];
    int found = epoll_wait(poller, events, EVENTS, milliseconds);
    for (int i = 0; i < found; i++) {
        struct client *client = &all[events[i].data.u32];
        if (client->state == CONNECTING) shake(client);
        else receive(client);
    }
}

/* -- the phases -------------------------------------------------------------------------------------------------- */

static void read_people(void) {
    FILE *file = fopen(people, "r");
    if (!file) die("%s: %s", people, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (fscanf(file, "%23s %299[^\n]", all[i].room, all[i].cookie) != 2) die("%s has %d lines", people, i);
        if (!strcmp(all[i].cookie, "-")) all[i].cookie[0] = 0;
        int same = i > 0 && !strcmp(all[i].room, all[i - 1].room);
        all[i].first_of_room = same ? all[i - 1].first_of_room : i;
        if (i < count - stalled) all[all[i].first_of_room].room_size++;
    }
    fclose(file);
    for (int i = 0; i < count; i++) all[i].room_size = all[all[i].first_of_room].room_size;
}

static void connect_all(void) {
    double begun = clock_seconds();
    for (int next = 0; (next < count || connecting > 0) && clock_seconds() - begun < limit;) {
        while (next < count && connecting < outstanding) connect_to(&all[next++]);
        turn(10);
    }
}

static void rest(double duration) {
    for (double end = clock_seconds() + duration; clock_seconds() < end;) turn(5);
}

static void send_one(void) {
    static char text[1 << 16];
    int index = sent % (int)senders * (count / (int)senders);
    struct client *client = &all[index];
    if (client->state != READY) die("a sender is gone: %s, closed with %ld", first_failure, last_close);
    messages[sent] = (struct message){nanoseconds(), client->room_size + (*ack != 0), index};
    size_t size = fill(text, sizeof text, send_frame, client, sent++);
    put_frame(client->fd, 1, text, size);
}

/* Send for so long, then wait for what is missing. Returns the seconds until the last delivery. */
static double talk(double duration) {
    memset(&to_others, 0, sizeof to_others), memset(&to_self, 0, sizeof to_self), memset(&acked, 0, sizeof acked);
    sent = done = delivered = acks = refused = 0;
    for (int i = 0; i < count; i++) all[i].received = all[i].order = 0;
    double begun = progress_at = clock_seconds(), now = begun;
    while ((now = clock_seconds()) - begun < duration + limit) {
        int sending = now - begun < duration && sent < most;
        if (!sending && (done + refused >= sent || now - progress_at > patience)) break;
        if (sending && sent > done && now - progress_at > patience) break;
        double due = rate > 0 ? (now - begun) * rate + 1 - sent : window - (sent - done - refused);
        for (; sending && due >= 1 && sent < most; due--) send_one();
        turn(sending && rate > 0 ? 1 : 20);
    }
    return progress_at - begun;
}

/* Cut everybody but the first socket, all at once; let them come back, each after a random wait. */
static void cut_and_return(double *back) {
    srandom(getpid());
    double begun = clock_seconds();
    for (int i = 1; i < count; i++) {
        struct linger at_once = {1, 0};
        setsockopt(all[i].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        lose(&all[i], "");
        all[i].state = WAITING;
        all[i].due = begun + jitter * (random() / (double)RAND_MAX);
    }
    failed_connects = closes = 0;
    sent = done = delivered = 0;
    for (int i = 0; i < cut; i++) send_one();
    for (double now = begun; now - begun < limit && (ready_count < count || done < sent); now = clock_seconds()) {
        if (ready_count == count && now - progress_at > patience) break;
        for (int i = 1; i < count; i++) {
            int trying = all[i].state == CONNECTING || all[i].state == SHAKING || (all[i].state == OPENING && !all[i].opened);
            if (all[i].state == WAITING && all[i].due <= now) connect_to(&all[i]);
            if (trying && now - all[i].due > give_up) lose(&all[i], "gave up waiting");
            if (all[i].state != GONE) continue;
            double bound = jitter * (1 << (all[i].failures < 6 ? all[i].failures++ : 6));
            all[i].due = now + (bound < 15 ? bound : 15) * (random() / (double)RAND_MAX);
            all[i].state = WAITING;
        }
        turn(1);
    }
    for (int i = 0; i < count; i++) back[i] = all[i].state == READY ? all[i].due - begun : limit;
}

/* -- the report -------------------------------------------------------------------------------------------------- */

static int rising(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void tell_histogram(const char *name, const struct histogram *histogram) {
    printf(",\"%s\":{\"count\":%lu,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, histogram->total,
           percentile(histogram, .5), percentile(histogram, .9), percentile(histogram, .99), histogram->max * 1e-6);
}

/* How many sockets miss messages or got some twice, and how many saw another order than the first of their room. */
static void tell_proof(void) {
    uint64_t incomplete = 0, disordered = 0, gone = 0, slow = 0;
    static uint64_t wanted[MAX_SOCKETS];
    for (uint64_t i = 0; i < sent; i++) wanted[all[messages[i].sender].first_of_room]++;
    for (int i = 0; i < count; i++) {
        if (all[i].asleep) {
            slow += all[i].close_code == 4408;
            continue;
        }
        gone += all[i].state != READY;
        incomplete += all[i].received != wanted[all[i].first_of_room];
        disordered += all[i].order != all[all[i].first_of_room].order;
    }
    printf(",\"incomplete_sockets\":%lu,\"disordered_sockets\":%lu,\"gone_sockets\":%lu,\"closed_as_too_slow\":%lu", incomplete,
           disordered, gone, slow);
}

int main(int argument_count, char **arguments) {
    for (int i = 1; i < argument_count; i++) {
        char *value = strchr(arguments[i], '=');
        size_t known = sizeof settings / sizeof *settings, s = 0;
        if (!value) die("%s is no setting", arguments[i]);
        *value++ = 0;
        while (s < known && strcmp(settings[s].name, arguments[i])) s++;
        if (s == known) die("there is no setting %s", arguments[i]);
        if (settings[s].text) *settings[s].text = value;
        else *settings[s].number = atof(value);
    }
    count = sockets;
    if (count < 1 || count > MAX_SOCKETS || most > MAX_MESSAGES || !ports || !people || senders < 1 || senders > count)
        die("ports and people are needed; at most %d sockets and %d messages", MAX_SOCKETS, MAX_MESSAGES);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    alarm(limit * 5);
    all = calloc(count, sizeof *all);
    messages = calloc(MAX_MESSAGES, sizeof *messages);
    poller = epoll_create1(0);
    read_people();

    double used = cpu(pids, 0), bytes = memory(), begun = clock_seconds();
    connect_all();
    double took = clock_seconds() - begun;
    rest(settle);
    printf("{\"sockets\":%d,\"ready\":%d,\"failed_connects\":%lu,\"connect_seconds\":%.3f,\"connect_cpu_us\":%.1f,"
           "\"memory_kib\":%.2f,\"memory_before_mib\":%.1f",
           count, ready_count, failed_connects, took, (cpu(pids, 0) - used) * 1e6 / count, (memory() - bytes) / 1024 / count,
           bytes / 1048576);

    if (warm > 0) talk(warm), rest(0.1);
    double own = clock() / (double)CLOCKS_PER_SEC, stored = cpu(stores, 1);
    used = cpu(pids, 0), begun = clock_seconds();
    double lasted = 0, *back = calloc(count, sizeof *back);
    if (cut) cut_and_return(back);
    else if (*send_frame) lasted = talk(seconds);
    double wall = clock_seconds() - begun;
    used = cpu(pids, 0) - used, stored = cpu(stores, 1) - stored, own = clock() / (double)CLOCKS_PER_SEC - own;
    for (int i = count - stalled; i < count; i++)
        if (all[i].state == READY) rest(0.01), receive(&all[i]);
    qsort(back, count, sizeof *back, rising);

    printf(",\"sent\":%lu,\"delivered\":%lu,\"acked\":%lu,\"refused\":%lu,\"seconds\":%.4f,\"wall\":%.4f,\"server_cpu\":%.3f,"
           "\"store_cpu\":%.3f,\"load_cpu\":%.3f,\"memory_after_mib\":%.1f",
           sent, delivered, acks, refused, lasted, wall, used, stored, own, memory() / 1048576);
    tell_histogram("others_ms", &to_others);
    tell_histogram("self_ms", &to_self);
    tell_histogram("ack_ms", &acked);
    if (cut)
        printf(",\"back_seconds\":[%.3f,%.3f,%.3f],\"failed_returns\":%lu", back[count / 2], back[count * 95 / 100],
               back[count - 1], failed_connects);
    tell_proof();
    printf(",\"closes\":%lu,\"last_close\":%ld,\"first_failure\":\"", closes, last_close);
    for (char *at = first_failure; *at; at++)
        if (*at >= ' ' && *at != '"' && *at != '\\') putchar(*at);
    printf("\"}\n");
    return 0;
}
