// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/vfio.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "filter.h"
#include "port.h"

struct gv_port {
	struct nl_sock *sock;
};

static int gv_port_option(int fd, int option)
{
	int on = 1;

	if (setsockopt(fd, SOL_NETLINK, option, &on, sizeof(on)))
		return -errno;
	return 0;
}

/*
 * The library's own error codes lose errno, so it makes the socket, and
 * system calls do the rest.
 */
int gv_port_open(struct gv_port **port)
{
	struct gv_port *p = calloc(1, sizeof(*p));
	int fd, ret = -ENOMEM;

	if (!p)
		return ret;
	p->sock = nl_socket_alloc();
	if (!p->sock)
		goto free_port;
	errno = 0;
	if (nl_connect(p->sock, NETLINK_GENERIC)) {
		ret = errno ? -errno : -EPROTONOSUPPORT;
		goto free_sock;
	}
	fd = nl_socket_get_fd(p->sock);
	ret = gv_port_option(fd, NETLINK_EXT_ACK);
	if (!ret)
		ret = gv_port_option(fd, NETLINK_CAP_ACK);
	if (ret)
		goto free_sock;
	*port = p;
	return 0;

free_sock:
	nl_socket_free(p->sock);
free_port:
	free(p);
	return ret;
}

void gv_port_close(struct gv_port *port)
{
	if (!port)
		return;
	nl_socket_free(port->sock);
	free(port);
}

int gv_port_join(struct gv_port *port, uint32_t group)
{
	/* bursts of events are larger than the default buffer */
	nl_socket_set_buffer_size(port->sock, 1 << 20, 0);
	if (setsockopt(nl_socket_get_fd(port->sock), SOL_NETLINK,
		       NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

int gv_port_only(struct gv_port *port, uint16_t family, uint8_t cmd)
{
	return gv_filter_attach(nl_socket_get_fd(port->sock), family, cmd);
}

int gv_port_send(struct gv_port *port, struct nl_msg *msg)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *hdr = nlmsg_hdr(msg);

	hdr->nlmsg_pid = nl_socket_get_local_port(port->sock);
	if (sendto(nl_socket_get_fd(port->sock), hdr, hdr->nlmsg_len, 0,
		   (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	return 0;
}

static int gv_port_wait(int fd, int64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t left = -1;
	int ret;

	do {
		if (deadline >= 0) {
			left = deadline - gv_port_now();
			if (left < 0)
				left = 0;
		}
		ret = poll(&pfd, 1, left);
	} while (ret < 0 && errno == EINTR);
	if (ret < 0)
		return -errno;
	return ret ? 0 : -EAGAIN;
}

int gv_port_recv(struct gv_port *port, void *buf, int timeout)
{
	int64_t deadline = timeout < 0 ? -1 : gv_port_now() + timeout;
	int fd = nl_socket_get_fd(port->sock);
	struct sockaddr_nl from;
	struct iovec iov = { .iov_base = buf, .iov_len = GV_PORT_BUF };
	struct msghdr mh;
	ssize_t len;
	int ret;

	for (;;) {
		memset(&from, 0, sizeof(from));
		memset(&mh, 0, sizeof(mh));
		mh.msg_name = &from;
		mh.msg_namelen = sizeof(from);
		mh.msg_iov = &iov;
		mh.msg_iovlen = 1;
		/* most answers are there already when a request was sent */
		len = recvmsg(fd, &mh, MSG_DONTWAIT);
		if (len < 0 && errno == EAGAIN) {
			ret = gv_port_wait(fd, deadline);
			if (ret)
				return ret;
			continue;
		}
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		/* any process can send to our address: only the kernel is 0 */
		if (from.nl_pid)
			continue;
		if (mh.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
		return len;
	}
}

const char *gv_port_root(void)
{
	return "";
}

int gv_port_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len;
	int ret = 0;

	if (fd < 0)
		return -errno;
	len = write(fd, text, strlen(text));
	if (len < 0)
		ret = -errno;
	else if ((size_t)len != strlen(text))
		ret = -EIO;
	close(fd);
	return ret;
}

/* Nobody else can claim what a file system, a swap or another disk is on. */
int gv_port_busy(const char *path)
{
	int fd = open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == EBUSY ? 1 : -errno;
	close(fd);
	return 0;
}

int gv_port_viable(int fd)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	if (ioctl(fd, VFIO_GROUP_GET_STATUS, &status))
		return -errno;
	return !!(status.flags & VFIO_GROUP_FLAGS_VIABLE);
}

int64_t gv_port_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void gv_port_sleep(int ms)
{
	struct timespec ts = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&ts, NULL);
}
