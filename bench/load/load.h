/* What the parts of `load` share. */
#ifndef LOAD_H
#define LOAD_H
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>

enum { MAX_SOCKETS = 20000, MAX_MESSAGES = 2000000, CHUNK = 1 << 20 };

/* settings.c */
extern char *ports, *path, *people, *origin, *protocol, *hello, *open_frame, *ready_text, *send_frame, *marker, *ack;
extern char *pids, *stores;
extern double sockets, senders, window, rate, seconds, warm, most, settle, outstanding, stalled, padding, cut, jitter;
extern double give_up, patience, limit;
void read_settings(int argument_count, char **arguments);
void die(const char *format, ...);

/* figures.c: about 1.5 % exact; milliseconds out of nanoseconds */
struct histogram {
    uint64_t counts[64 * 64], total;
    int64_t max;
};
int64_t nanoseconds(void);
double clock_seconds(void);
void record(struct histogram *histogram, int64_t value);
double percentile(const struct histogram *histogram, double share);
double cpu(const char *list, int with_children);
double memory(const char *list);

/* client.c: one WebSocket each */
enum state { WAITING, CONNECTING, SHAKING, OPENING, READY, GONE };
struct client {
    int fd, room_size, first_of_room, asleep, opened;
    enum state state;
    char room[24], cookie[300], epoch[48];
    unsigned char *kept; /* an incomplete frame */
    size_t kept_bytes;
    uint64_t received, order;
    long seq, close_code;
    double due; /* when to connect, or since when this try, or since when it is ready */
};
void connect_to(struct client *client);
void send_text(struct client *client, const char *template, uint64_t number);
void receive(struct client *client);
void lose(struct client *client, const char *why);
void turn(int milliseconds);

/* load.c: what has happened so far */
struct message {
    int missing, sender;
};
extern struct client *all;
extern struct message *messages;
extern struct histogram to_others, to_self, acked;
extern int poller, count, ready_count, connecting;
extern uint64_t sent, done, delivered, acks, refused, failed_connects, closes;
extern long last_close;
extern char first_failure[200];
extern double progress_at;
#endif
