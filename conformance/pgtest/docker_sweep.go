//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgtest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/ory/dockertest/v3/docker"
)

// The labels of a container name its owner: the machine, and the file there
// that is locked while the owner lives.
const (
	hostLabel = "com.github.tasktwin.pgtest.host"
	lockLabel = "com.github.tasktwin.pgtest.lock"
)

// sweepContainers removes the containers of dead runs. Like sweep, it passes
// over what it is not sure about.
func sweepContainers(ctx context.Context, client *docker.Client) {
	containers, err := client.ListContainers(docker.ListContainersOptions{
		All:     true,
		Filters: map[string][]string{"label": {lockLabel}},
		Context: ctx,
	})
	if err != nil {
		return
	}
	host, err := os.Hostname()
	if err != nil {
		return
	}
	for _, c := range containers {
		expired := time.Since(time.Unix(c.Created, 0)) > containerLifetime+time.Hour
		if expired || c.Labels[hostLabel] == host && unlocked(c.Labels[lockLabel]) {
			_ = removeContainer(client, c.ID)
		}
	}
}

// unlocked reports whether a lock file is gone or its lock free.
func unlocked(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
