/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load for the benchmarks: one server and one client, each a single thread on a processor of its own. Only crr8 and rr8 have
 * more, on any processor, so that all have work at any time, and paced, so that one slow connection does not hold up
 * the rest.
 *
 *   load serve PORT                              accepts for ever, answers each byte with a byte
 *   load crr SECONDS ADDRESS PORT [ADDRESS PORT ...]  connect, one byte each way, close; targets taken in turn
 *   load rr SECONDS ADDRESS PORT                 round trips of one byte on one open connection
 *   load crr8|rr8 SECONDS ADDRESS PORT [...]     the same by eight threads, each with connections of its own
 *   load connect SECONDS ADDRESS PORT [...]      UDP connect(2) and nothing else, one fresh socket each; no packet is sent
 *   load paced SECONDS ADDRESS PORT RATE         as crr, RATE connections a second
 *
 * The client prints one line: operations, seconds, failures, and paced the longest connection in milliseconds as well. SIGTERM
 * ends all but paced before their time. It closes with a reset (SO_LINGER 0), so that a run of hundreds of thousands of
 * connections does not end in TIME_WAIT; the byte was answered before.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_EVENTS 256
#define PACED_THREADS 4
#define MORE_THREADS 8

struct target {
	struct sockaddr_storage address;
	socklen_t length;
};

static void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Somebody wants the line now. */
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/*
 * Stays on the first or the last processor that it may use. Else it is decided anew in each run whether two that wake each other
 * share one, and on a machine with few that makes more of a difference than what is measured; on one with many they hardly
 * ever do.
 */
static void stay(int on_last)
{
	cpu_set_t usable, one;
	int chosen = -1;

	if (sched_getaffinity(0, sizeof(usable), &usable))
		fail("sched_getaffinity");
	for (int processor = 0; processor < CPU_SETSIZE; processor++)
		if (CPU_ISSET(processor, &usable) && (on_last || chosen < 0))
			chosen = processor;
	CPU_ZERO(&one);
	CPU_SET(chosen, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		fail("sched_setaffinity");
}

static void set(int fd, int level, int option)
{
	if (setsockopt(fd, level, option, &(int){ 1 }, sizeof(int)))
		fail("setsockopt");
}

static void watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		fail("epoll_ctl");
}

/* Answers what a connection sent; closes it at its end. */
static void answer(int fd)
{
	char buffer[64];
	ssize_t n = read(fd, buffer, sizeof(buffer));

	if (n <= 0 || write(fd, buffer, n) != n)
		close(fd);
}

static _Noreturn void serve(int port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct epoll_event events[MAX_EVENTS];
	int listener = socket(AF_INET6, SOCK_STREAM, 0);
	int epoll = epoll_create1(0);

	stay(1);
	set(listener, SOL_SOCKET, SO_REUSEADDR);
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, 4096))
		fail("listen");
	watch(epoll, listener);
	puts("listening");
	fflush(stdout);
	for (;;) {
		int n = epoll_wait(epoll, events, MAX_EVENTS, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == listener) {
				int fd = accept(listener, NULL, NULL);

				if (fd < 0)
					continue;
				set(fd, IPPROTO_TCP, TCP_NODELAY);
				watch(epoll, fd);
			} else {
				answer(events[i].data.fd);
			}
		}
	}
}

static struct target resolve(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *found;
	struct target target = { 0 };

	if (getaddrinfo(host, port, &hints, &found)) {
		fprintf(stderr, "load: %s port %s is not an address and a port\n", host, port);
		exit(2);
	}
	memcpy(&target.address, found->ai_addr, found->ai_addrlen);
	target.length = found->ai_addrlen;
	freeaddrinfo(found);
	return target;
}

static int dial(const struct target *target, int type)
{
	int fd = socket(target->address.ss_family, type, 0);

	if (fd < 0)
		fail("socket");
	if (connect(fd, (const struct sockaddr *)&target->address, target->length)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int exchange(int fd)
{
	char byte = 'x';

	return write(fd, &byte, 1) == 1 && read(fd, &byte, 1) == 1;
}

static int connect_request_response(const struct target *target)
{
	struct linger reset = { .l_onoff = 1 };
	int fd = dial(target, SOCK_STREAM), ok;

	if (fd < 0)
		return 0;
	ok = exchange(fd);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
	return ok;
}

static int connect_only(const struct target *target)
{
	int fd = dial(target, SOCK_DGRAM);

	if (fd < 0)
		return 0;
	close(fd);
	return 1;
}

struct pacer {
	const struct target *target;
	double begin, end, interval;
	long done, failed;
	double longest;
};

/* Every connection has its time, so that a late one does not move those after it. */
static void *pace(void *context)
{
	struct pacer *pacer = context;

	for (double due = pacer->begin; due < pacer->end; due += pacer->interval) {
		struct timespec when = { .tv_sec = (time_t)due, .tv_nsec = (long)((due - (time_t)due) * 1e9) };
		double start;
		int ok;

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
		start = now();
		ok = connect_request_response(pacer->target);
		pacer->done += ok;
		pacer->failed += !ok;
		if (now() - start > pacer->longest)
			pacer->longest = now() - start;
	}
	return NULL;
}

static int paced(double seconds, const struct target *target, double rate)
{
	struct pacer pacers[PACED_THREADS];
	pthread_t threads[PACED_THREADS];
	double begin = now(), longest = 0;
	long done = 0, failed = 0;

	for (int i = 0; i < PACED_THREADS; i++) {
		pacers[i] = (struct pacer){ .target = target,
					    .begin = begin + i / rate,
					    .end = begin + seconds,
					    .interval = PACED_THREADS / rate };
		if (pthread_create(&threads[i], NULL, pace, &pacers[i]))
			fail("pthread_create");
	}
	for (int i = 0; i < PACED_THREADS; i++) {
		pthread_join(threads[i], NULL);
		done += pacers[i].done;
		failed += pacers[i].failed;
		longest = pacers[i].longest > longest ? pacers[i].longest : longest;
	}
	printf("%ld %.6f %ld %.3f\n", done, now() - begin, failed, longest * 1000);
	return 0;
}

/* A connection for round trips. */
static int keep(const struct target *target)
{
	int fd = dial(target, SOCK_STREAM);

	if (fd < 0)
		fail("connect");
	set(fd, IPPROTO_TCP, TCP_NODELAY);
	return fd;
}

/* Operations one after the other, on targets in turn. */
struct loop {
	int (*operation)(const struct target *target);
	const struct target *target;
	long targets;
	double end;
	int keeps; /* one connection for all: round trips on it are the operation */
	int open;
	long done, failed;
};

static void *turn(void *context)
{
	struct loop *loop = context;

	for (long i = 0; !stopped && now() < loop->end; i++) {
		int ok = loop->keeps ? exchange(loop->open) : loop->operation(&loop->target[i % loop->targets]);

		loop->done += ok;
		loop->failed += !ok;
	}
	return NULL;
}

static int loops(const struct loop *as, int threads)
{
	pthread_t thread[MORE_THREADS];
	struct loop each[MORE_THREADS];
	long done = 0, failed = 0;
	double start;

	for (int i = 0; i < threads; i++) {
		each[i] = *as;
		if (as->keeps)
			each[i].open = keep(as->target);
	}
	signal(SIGTERM, stop);
	start = now();
	for (int i = 0; i < threads; i++) {
		each[i].end += start;
		if (i && pthread_create(&thread[i], NULL, turn, &each[i]))
			fail("pthread_create");
	}
	turn(&each[0]);
	for (int i = 0; i < threads; i++) {
		if (i)
			pthread_join(thread[i], NULL);
		done += each[i].done;
		failed += each[i].failed;
	}
	printf("%ld %.6f %ld\n", done, now() - start, failed);
	return 0;
}

int main(int argc, char **argv)
{
	struct loop loop = { .operation = connect_request_response };
	struct target *target;

	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(atoi(argv[2]));
	if (argc == 6 && !strcmp(argv[1], "paced")) {
		struct target only = resolve(argv[3], argv[4]);

		return paced(atof(argv[2]), &only, atof(argv[5]));
	}
	if (argc < 5 || argc % 2 == 0) {
		fprintf(stderr,
			"usage: load serve PORT | load crr|crr8|rr|rr8|connect SECONDS ADDRESS PORT [ADDRESS PORT ...] | load paced SECONDS ADDRESS PORT RATE\n");
		return 2;
	}
	loop.targets = (argc - 3) / 2;
	target = calloc(loop.targets, sizeof(*target));
	for (long i = 0; i < loop.targets; i++)
		target[i] = resolve(argv[3 + 2 * i], argv[4 + 2 * i]);
	loop.target = target;
	loop.end = atof(argv[2]);
	if (!strncmp(argv[1], "rr", 2))
		loop.keeps = 1;
	if (!strcmp(argv[1], "connect"))
		loop.operation = connect_only;
	if (argv[1][strlen(argv[1]) - 1] == '8')
		return loops(&loop, MORE_THREADS);
	stay(0);
	return loops(&loop, 1);
}
