/* Traffic for `rxproof record --demo`: readers in recvfrom(), senders, and the hunt for K1. Prints one JSON line. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int udp(const char *addr, int port, int rcvbuf, int timeout_ms)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, addr, &at.sin_addr);
	if (rcvbuf)
		setsockopt(s, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof rcvbuf);
	if (timeout_ms)
		setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	if (bind(s, (void *)&at, sizeof at)) {
		perror("bind");
		exit(1);
	}
	return s;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof set, &set);
}

static void result(int pid, const char *name, long ok, long again, long refused)
{
	printf("{\"name\":\"%s\",\"pid\":%d,\"ok\":%ld,\"err\":%ld,\"by_result\":{", name, pid, ok, again + refused);
	printf("\"recvfrom:ok\":%ld,\"recvfrom:EAGAIN\":%ld,\"recvfrom:ECONNREFUSED\":%ld}}\n", ok, again, refused);
}

/* rx ADDR PORT COUNT TIMEOUT_MS RCVBUF DELAY_MS: reads COUNT datagrams, or until the time is out. */
static int rx(char **a)
{
	int s = udp(a[0], atoi(a[1]), atoi(a[4]), atoi(a[3])), count = atoi(a[2]);
	long ok = 0, again = 0, refused = 0;
	char data[2048];

	puts("ready");
	fflush(stdout);
	usleep(atoi(a[5]) * 1000);
	while (ok < count && !again) {
		ssize_t n = recvfrom(s, data, sizeof data, 0, NULL, NULL);

		ok += n >= 0;
		again += n < 0 && errno == EAGAIN;
		refused += n < 0 && errno == ECONNREFUSED;
	}
	result(getpid(), "rxproof_rx", ok, again, refused);
	return 0;
}

/* tx ADDR PORT COUNT SIZE: connects, sends, and, with SIZE 0, waits for the error. */
static int tx(char **a)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(a[1]))};
	struct timeval timeout = {0, 200000};
	int s = socket(AF_INET, SOCK_DGRAM, 0), count = atoi(a[2]), size = atoi(a[3]);
	long refused = 0, again = 0;
	char data[2048] = "";

	inet_pton(AF_INET, a[0], &to.sin_addr);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	connect(s, (void *)&to, sizeof to);
	for (int i = 0; i < count; i++)
		send(s, data, size ? size : 20, 0);
	if (!size) {
		ssize_t n = recvfrom(s, data, sizeof data, 0, NULL, NULL);

		refused += n < 0 && errno == ECONNREFUSED;
		again += n < 0 && errno == EAGAIN;
	}
	result(getpid(), "rxproof_tx", 0, again, refused);
	return 0;
}

/* The hunt: two readers in one socket, two datagrams, and noise to a closed port that widens the window. */
static int sock;
static atomic_int go_a, go_b, done_a, done_b, over;

static void spin(long ns)
{
	struct timespec from, now;

	clock_gettime(CLOCK_MONOTONIC, &from);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - from.tv_sec) * 1000000000L + now.tv_nsec - from.tv_nsec < ns);
}

static long delay_b;

static void *reader(void *which)
{
	int is_b = which != NULL, round = 0;
	atomic_int *go = is_b ? &go_b : &go_a, *done = is_b ? &done_b : &done_a;
	char data[64];

	pin(is_b ? 0 : 1);
	prctl(PR_SET_NAME, is_b ? "rxproof_B" : "rxproof_A");
	for (;;) {
		while (*go == round)
			if (!is_b)
				usleep(5);
		round = *go;
		if (over)
			return NULL;
		if (is_b)
			spin(delay_b);
		recvfrom(sock, data, sizeof data, 0, NULL, NULL);
		*done = round;
	}
}

static int both(int round, int ms)
{
	for (int i = 0; i < ms * 20 && (done_a != round || done_b != round); i++)
		usleep(50);
	return done_a == round && done_b == round;
}

/* Writes into a file of a folder; nothing empties it. */
static void put(const char *folder, const char *name, const char *text)
{
	char path[512];
	int fd;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_TRUNC);
	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* k1 SECONDS FOLDER: a tracefs instance, which is emptied now and then while nothing happens, and stopped as it strikes. */
static int k1(char **a)
{
	enum { NOISE = 20 };
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(7000)}, closed;
	struct mmsghdr messages[2 + NOISE] = {0};
	struct iovec data = {"P", 1};
	int out = socket(AF_INET, SOCK_DGRAM, 0), readable = 0, strikes = 0, round = 0;
	time_t end = time(NULL) + atoi(a[0]);
	pthread_t one, two;

	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	closed = here;
	closed.sin_port = htons(7999);
	sock = udp("127.0.0.1", 7000, 0, 0);
	for (int i = 0; i < 2 + NOISE; i++)
		messages[i].msg_hdr = (struct msghdr){.msg_iov = &data, .msg_iovlen = 1, .msg_name = i < 2 ? &here : &closed, .msg_namelen = sizeof here};
	pin(1);
	pthread_create(&one, NULL, reader, NULL);
	pthread_create(&two, NULL, reader, &sock);
	while (!strikes && time(NULL) < end) {
		if (round++ % 64 == 0)
			put(a[1], "trace", "");
		go_a = round;
		usleep(60);
		delay_b = rand() % 6000;
		go_b = round;
		spin(rand() % 2000);
		sendmmsg(out, messages, 2 + NOISE, 0);
		if (!both(round, 100) && !ioctl(sock, FIONREAD, &readable) && readable > 0) {
			strikes++;
			usleep(20000);
			put(a[1], "tracing_on", "0");
		}
		while (!both(round, 5))
			sendto(out, "R", 1, 0, (void *)&here, sizeof here);
		while (recv(sock, messages, 1, MSG_DONTWAIT) >= 0)
			;
	}
	over = 1;
	go_a = go_b = round + 1;
	printf("{\"rounds\":%d,\"strikes\":%d,\"readable\":%d}\n", round, strikes, readable);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 8 && !strcmp(argv[1], "rx"))
		return prctl(PR_SET_NAME, "rxproof_rx"), rx(argv + 2);
	if (argc == 6 && !strcmp(argv[1], "tx"))
		return prctl(PR_SET_NAME, "rxproof_tx"), tx(argv + 2);
	if (argc == 4 && !strcmp(argv[1], "k1"))
		return k1(argv + 2);
	fputs("traffic: rx ADDR PORT COUNT TIMEOUT_MS RCVBUF DELAY_MS | tx ADDR PORT COUNT SIZE | k1 SECONDS FOLDER\n", stderr);
	return 64;
}
