/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chained CNI plugin (CNI specification 1.1, section 2) that lets a pod start when the agent enforces its policies.
 * It decides nothing: the request goes to the agent's socket as it came, and what the agent answers is the result.
 *
 *   request   "NAME=value\n" for each CNI variable that is set, an empty line, the configuration from stdin, end of stream
 *   answer    one byte, '0' for success or '1', then what is to be written to stdout, end of stream
 *
 * Without an agent ADD, CHECK and STATUS fail, so that no pod starts unprotected; DEL and GC succeed, so that pods can go.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "config.h"

#define DEFAULT_SOCKET "/run/culvert/cni.sock"
#define SPOKEN "1.1.0"
#define LARGEST_INPUT (4u << 20)

/* A little more than the agent takes to give up, so that its reason is what is reported. */
#define PATIENCE_SECONDS 40

/* Codes of the specification: "error". */
#define ERROR_ENVIRONMENT 4
#define ERROR_INPUT 6
#define ERROR_TRY_AGAIN_LATER 11
#define ERROR_NOT_AVAILABLE 50

static const char *const variables[] = { "CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS", "CNI_PATH" };

struct buffer {
	char *bytes;
	size_t length;
	size_t room;
};

static int fail(int code, const char *version, const char *format, ...)
{
	char message[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	printf("{\"cniVersion\":\"%s\",\"code\":%d,\"msg\":\"", version, code);
	for (const char *c = message; *c; c++) {
		if (*c == '"' || *c == '\\')
			putchar('\\');
		putchar((unsigned char)*c < ' ' ? ' ' : *c);
	}
	puts("\"}");
	return 1;
}

/* Reads to the end of the stream. False with errno if that fails, or with EFBIG. */
static bool read_all(int file, struct buffer *buffer)
{
	for (;;) {
		ssize_t count;

		if (buffer->length + 1 >= buffer->room) {
			size_t room = buffer->room ? buffer->room * 2 : 16384;
			char *larger = room > LARGEST_INPUT ? NULL : realloc(buffer->bytes, room);

			if (!larger) {
				errno = EFBIG;
				return false;
			}
			buffer->bytes = larger;
			buffer->room = room;
		}
		count = read(file, buffer->bytes + buffer->length, buffer->room - buffer->length - 1);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return false;
		if (count == 0)
			break;
		buffer->length += count;
	}
	buffer->bytes[buffer->length] = 0;
	return true;
}

static bool write_all(int file, const char *bytes, size_t length)
{
	while (length) {
		ssize_t count = send(file, bytes, length, MSG_NOSIGNAL);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return false;
		bytes += count;
		length -= count;
	}
	return true;
}

/* A connection to the agent, or -1 with errno. */
static int dial(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	int file;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (file < 0)
		return -1;
	if (setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) ||
	    connect(file, (struct sockaddr *)&address, sizeof(address))) {
		int error = errno;

		close(file);
		errno = error;
		return -1;
	}
	return file;
}

/* Asks the agent. False with errno if there is no answer. */
static bool ask(const char *path, const struct buffer *input, struct buffer *answer)
{
	int file = dial(path), error;
	bool done = file >= 0;

	for (size_t i = 0; done && i < sizeof(variables) / sizeof(*variables); i++) {
		const char *value = getenv(variables[i]);

		if (!value || strchr(value, '\n'))
			continue;
		done = write_all(file, variables[i], strlen(variables[i])) && write_all(file, "=", 1) &&
		       write_all(file, value, strlen(value)) && write_all(file, "\n", 1);
	}
	done = done && write_all(file, "\n", 1) && write_all(file, input->bytes, input->length) &&
	       !shutdown(file, SHUT_WR) && read_all(file, answer);
	if (done && !answer->length) {
		errno = ECONNRESET;
		done = false;
	}
	error = errno == EAGAIN ? ETIMEDOUT : errno;
	if (file >= 0)
		close(file);
	errno = error;
	return done;
}

static int relay(const char *command, const char *version, const char *path, const struct buffer *input)
{
	struct buffer answer = {};

	if (ask(path, input, &answer)) {
		fwrite(answer.bytes + 1, 1, answer.length - 1, stdout);
		return answer.bytes[0] == '0' ? 0 : 1;
	}
	if (!strcmp(command, "DEL") || !strcmp(command, "GC"))
		return 0;
	return fail(!strcmp(command, "STATUS") ? ERROR_NOT_AVAILABLE : ERROR_TRY_AGAIN_LATER, version,
		    "%s pod: the Culvert agent does not answer at %s: %s; see that it runs on this node (culvert status)",
		    command, path, strerror(errno));
}

int main(void)
{
	const char *command = getenv("CNI_COMMAND");
	char version[32] = SPOKEN, path[108] = DEFAULT_SOCKET;
	struct buffer input = {};

	if (!command)
		return fail(ERROR_ENVIRONMENT, version,
			    "culvert-cni is run by a container runtime: CNI_COMMAND is not set");
	if (!strcmp(command, "VERSION")) {
		puts("{\"cniVersion\":\"" SPOKEN "\",\"supportedVersions\":[\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}");
		return 0;
	}
	if (!read_all(STDIN_FILENO, &input))
		return fail(ERROR_INPUT, version, "read the configuration from stdin: %s", strerror(errno));
	if (!config_text(input.bytes, "cniVersion", version, sizeof(version)) ||
	    !config_text(input.bytes, "socket", path, sizeof(path)))
		return fail(ERROR_INPUT, SPOKEN,
			    "read the configuration from stdin: no JSON object whose \"cniVersion\" and \"socket\" are short texts");
	return relay(command, version, path, &input);
}
