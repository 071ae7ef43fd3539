/* load: opens WebSockets to 127.0.0.1, has some of them send messages, and checks and times every delivery.

   usage: load name=value...     see settings.c; prints one JSON object and ends by itself.

   A message is a short sentence with its number and the time; every fifth has some markup. Every socket of the sender's room must get every message
   once, and all sockets of a room in the same order. Handshake answers are not checked beyond the status. */
#include "load.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct client *all;
struct message *messages;
struct histogram to_others, to_self, acked;
int poller, count, ready_count, connecting;
uint64_t sent, done, delivered, acks, refused, failed_connects, closes;
long last_close;
char first_failure[200];
double progress_at;

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
    int index = sent % (int)senders * (count / (int)senders);
    struct client *client = &all[index];
    if (client->state != READY) die("a sender is gone: %s, closed with %ld", first_failure, last_close);
    messages[sent] = (struct message){client->room_size + (*ack != 0), index};
    send_text(client, send_frame, sent++);
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
            enum state state = all[i].state;
            int trying = state == CONNECTING || state == SHAKING || (state == OPENING && !all[i].opened);
            if (state == WAITING && all[i].due <= now) connect_to(&all[i]);
            if (trying && now - all[i].due > give_up) lose(&all[i], "gave up waiting");
            if (all[i].state != GONE) continue;
            double half = (now - begun) / 2, bound = half < 1 ? 1 : half < 15 ? half : 15;
            all[i].due = now + bound / 2 * (1 + random() / (double)RAND_MAX);
            all[i].state = WAITING;
        }
        turn(1);
    }
    for (int i = 0; i < count; i++) back[i] = all[i].state == READY ? all[i].due - begun : limit;
}

/* Those that stopped reading read what there is for them, so as to learn whether they were closed. */
static void listen_again(void) {
    for (int i = count - stalled; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        if (all[i].state == READY) epoll_ctl(poller, EPOLL_CTL_ADD, all[i].fd, &event);
    }
    rest(2);
}

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
            slow += all[i].state == GONE;
            continue;
        }
        gone += all[i].state != READY;
        incomplete += all[i].received != wanted[all[i].first_of_room];
        disordered += all[i].order != all[all[i].first_of_room].order;
    }
    printf(",\"incomplete_sockets\":%lu,\"disordered_sockets\":%lu", incomplete, disordered);
    printf(",\"gone_sockets\":%lu,\"closed_as_too_slow\":%lu", gone, slow);
}

int main(int argument_count, char **arguments) {
    read_settings(argument_count, arguments);
    count = sockets;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    alarm(limit * 5);
    all = calloc(count, sizeof *all);
    messages = calloc(MAX_MESSAGES, sizeof *messages);
    poller = epoll_create1(0);
    read_people();

    double used = cpu(pids, 0), bytes = memory(pids), begun = clock_seconds();
    connect_all();
    double took = clock_seconds() - begun;
    rest(settle);
    printf("{\"sockets\":%d,\"ready\":%d,\"failed_connects\":%lu", count, ready_count, failed_connects);
    printf(",\"connect_seconds\":%.3f,\"connect_cpu_us\":%.1f", took, (cpu(pids, 0) - used) * 1e6 / count);
    printf(",\"memory_kib\":%.2f", (memory(pids) - bytes) / 1024 / count);
    printf(",\"memory_before_mib\":%.1f", bytes / 1048576);

    if (warm > 0) talk(warm), rest(0.1);
    double own = clock() / (double)CLOCKS_PER_SEC, stored = cpu(stores, 1);
    used = cpu(pids, 0), begun = clock_seconds();
    double lasted = 0, *back = calloc(count, sizeof *back);
    if (cut) cut_and_return(back);
    else if (*send_frame) lasted = talk(seconds);
    double wall = clock_seconds() - begun;
    used = cpu(pids, 0) - used, stored = cpu(stores, 1) - stored, own = clock() / (double)CLOCKS_PER_SEC - own;
    if (stalled) listen_again();
    qsort(back, count, sizeof *back, rising);

    printf(",\"sent\":%lu,\"delivered\":%lu,\"acked\":%lu,\"refused\":%lu", sent, delivered, acks, refused);
    printf(",\"seconds\":%.4f,\"wall\":%.4f,\"server_cpu\":%.3f,\"store_cpu\":%.3f", lasted, wall, used, stored);
    printf(",\"load_cpu\":%.3f,\"memory_after_mib\":%.1f", own, memory(pids) / 1048576);
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
