package pgdocker

import (
	"context"
	"os"
	"time"

	"github.com/ory/dockertest/v3/docker"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
)

// The labels of a container name its owner: the machine, and the file there that
// is locked while the owner lives.
const (
	hostLabel = "com.github.tasktwin.pgdocker.host"
	lockLabel = "com.github.tasktwin.pgdocker.lock"
)

// sweep removes the containers of dead runs. It skips containers that it is not
// sure about.
func sweep(ctx context.Context, client *docker.Client) {
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
		if expired || c.Labels[hostLabel] == host && pgserver.Unlocked(c.Labels[lockLabel]) {
			_ = removeContainer(client, c.ID)
		}
	}
}
