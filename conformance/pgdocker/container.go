package pgdocker

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ory/dockertest/v3"
	"github.com/ory/dockertest/v3/docker"

	"github.com/tasktwin/tasktwin/conformance/internal/tail"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
)

// The environment variable that names the image, and the default image.
const (
	envImage     = "TASKTWIN_POSTGRES_IMAGE"
	defaultImage = "postgres:17-alpine"
)

const (
	superuser  = "postgres"
	serverPort = "5432/tcp"
	// containerLifetime is the age at which Docker kills a container that has not
	// noticed the end of its owner, because the machine or the network failed.
	containerLifetime = 6 * time.Hour
	pingTimeout       = 10 * time.Second
)

// containerScript runs the image's own entrypoint until the server ends or
// standard input is closed, which happens when the process that started the
// container ends. When the shell exits, the container ends.
const containerScript = `
exec 3<&0
trap exit USR1
{ docker-entrypoint.sh "$@"; kill -s USR1 $$; } </dev/null &
{ cat <&3 >/dev/null; kill -s USR1 $$; } &
wait
`

// container is a server in a container of its own.
type container struct {
	pool     *dockertest.Pool
	id       string
	name     string
	password string
	lock     string // path of a file that is locked while the run lives
	address  string // the server's, once it answers
	stdin    *io.PipeWriter
	attached docker.CloseWaiter
	ended    chan struct{} // closed when the container has ended
	log      tail.Buffer
}

func init() {
	if err := pgserver.Register(pgserver.Starter{Kind: "docker", Start: start}); err != nil {
		panic(err) // unreachable: the starter is valid
	}
}

func start(ctx context.Context, run *pgserver.Run) (*pgserver.Backend, error) {
	pool, err := findDocker(ctx)
	if err != nil {
		return nil, err
	}
	lock, err := run.LockFile()
	if err != nil {
		return nil, err
	}
	sweep(ctx, pool.Client)
	image := cmp.Or(os.Getenv(envImage), defaultImage)
	if err := pullImage(ctx, pool.Client, image); err != nil {
		return nil, err
	}
	c := &container{pool: pool, name: run.Name(), lock: lock, password: rand.Text(), ended: make(chan struct{})}
	if err := c.start(ctx, image); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return &pgserver.Backend{URL: c.url(c.address), Close: c.stop}, nil
}

// findDocker returns a pool whose daemon answers.
func findDocker(ctx context.Context) (*dockertest.Pool, error) {
	pool, err := dockertest.NewPool("")
	if err != nil {
		return nil, pgserver.Absent("%v", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ping, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if err := pool.Client.PingWithContext(ping); err != nil {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, pgserver.Absent("no daemon answers at %s: %v", pool.Client.Endpoint(), err)
	}
	return pool, nil
}

func pullImage(ctx context.Context, client *docker.Client, image string) error {
	_, err := client.InspectImage(image)
	if !errors.Is(err, docker.ErrNoSuchImage) {
		return err
	}
	options := docker.PullImageOptions{Repository: image, Context: ctx, OutputStream: io.Discard}
	if !strings.Contains(image, "@") {
		options.Repository, options.Tag = docker.ParseRepositoryTag(image)
		if options.Tag == "" {
			options.Tag = "latest"
		}
	}
	if err := client.PullImage(options, docker.AuthConfiguration{}); err != nil {
		return pgserver.Absent("image %s is not there and cannot be pulled: %v", image, err)
	}
	return nil
}

func (c *container) start(ctx context.Context, image string) error {
	options, err := c.options(ctx, image)
	if err != nil {
		return err
	}
	created, err := c.pool.Client.CreateContainer(options)
	if err != nil {
		return fmt.Errorf("create a container of %s: %w", image, err)
	}
	c.id = created.ID
	if err := c.attach(ctx); err != nil {
		return fmt.Errorf("attach to container %s: %w", c.name, err)
	}
	if err := c.pool.Client.StartContainerWithContext(c.id, nil, ctx); err != nil {
		return fmt.Errorf("start container %s: %w", c.name, err)
	}
	return c.waitReady(ctx)
}

func (c *container) options(ctx context.Context, image string) (docker.CreateContainerOptions, error) {
	host, err := os.Hostname()
	if err != nil {
		return docker.CreateContainerOptions{}, err
	}
	cmd := []string{"postgres", "-c", "listen_addresses=*"}
	for _, setting := range pgserver.Settings() {
		cmd = append(cmd, "-c", setting)
	}
	bind := docker.PortBinding{HostIP: "127.0.0.1"}
	if c.remoteHost() != "" {
		bind.HostIP = ""
	}
	return docker.CreateContainerOptions{
		Name:    c.name,
		Context: ctx,
		Config: &docker.Config{
			Image:      image,
			Entrypoint: []string{"sh", "-c", containerScript, "pgdocker"},
			Cmd:        cmd,
			Env: []string{
				"POSTGRES_USER=" + superuser,
				"POSTGRES_PASSWORD=" + c.password,
				"POSTGRES_DB=postgres",
				"POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C --no-sync",
				"PGDATA=/pgdocker/data",
			},
			ExposedPorts: map[docker.Port]struct{}{serverPort: {}},
			Labels:       map[string]string{hostLabel: host, lockLabel: c.lock},
			StopSignal:   "SIGWINCH", // nothing handles it: docker stop kills after its time-out
			OpenStdin:    true,
			StdinOnce:    true, // closed when the connection is
			AttachStdin:  true,
			AttachStdout: true,
			AttachStderr: true,
		},
		HostConfig: &docker.HostConfig{
			AutoRemove:   true,
			PortBindings: map[docker.Port][]docker.PortBinding{serverPort: {bind}},
			ShmSize:      256 << 20,
			Tmpfs:        map[string]string{"/pgdocker": "rw"},
		},
	}, nil
}

// attach connects the container's output to the log, and its standard input to
// this process, so that it is closed when this process ends. It returns after both
// are connected, so that the container starts with them.
func (c *container) attach(ctx context.Context) error {
	in, stdin := io.Pipe()
	connected := make(chan struct{})
	attached, err := c.pool.Client.AttachToContainerNonBlocking(docker.AttachToContainerOptions{
		Container:    c.id,
		InputStream:  in,
		OutputStream: &c.log,
		ErrorStream:  &c.log,
		Stream:       true,
		Stdin:        true,
		Stdout:       true,
		Stderr:       true,
		Success:      connected, // the client sends on it, and then waits for an answer
	})
	if err != nil {
		return err
	}
	c.stdin, c.attached = stdin, attached
	select {
	case <-connected:
		connected <- struct{}{}
	case <-ctx.Done():
		go func() { <-connected; connected <- struct{}{} }() // lets the client end
		err = ctx.Err()
	}
	go func() {
		_ = attached.Wait() // the log shows why it ended
		close(c.ended)
	}()
	return err
}

func (c *container) waitReady(ctx context.Context) error {
	expires := false
	for {
		var err error
		resource, ok := c.pool.ContainerByName(c.name)
		if ok && !expires {
			expires = true
			if err := resource.Expire(uint(containerLifetime.Seconds())); err != nil {
				return fmt.Errorf("limit the life of container %s: %w", c.name, err)
			}
		}
		if ok {
			if c.address, err = c.answering(ctx, resource); err == nil {
				return nil
			}
		}
		select {
		case <-c.ended:
			return fmt.Errorf("container %s ended:\n%s", c.name, c.log.String())
		case <-ctx.Done():
			return fmt.Errorf("wait for the server in container %s: %w\n%s", c.name, errors.Join(ctx.Err(), err), c.log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// answering returns the first address on which the server answers: the published
// port or, for tests that run in a container themselves, the container's own
// address.
func (c *container) answering(ctx context.Context, resource *dockertest.Resource) (string, error) {
	var addresses []string
	if published := resource.GetHostPort(serverPort); published != "" {
		if remote := c.remoteHost(); remote != "" {
			published = net.JoinHostPort(remote, resource.GetPort(serverPort))
		}
		addresses = append(addresses, published)
	}
	if settings := resource.Container.NetworkSettings; settings != nil && settings.IPAddress != "" {
		addresses = append(addresses, net.JoinHostPort(settings.IPAddress, "5432"))
	}
	var errs []error
	for _, address := range addresses {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		conn, err := pgx.Connect(ctx, c.url(address))
		if err == nil {
			_ = conn.Close(ctx) // the session ends in any case
		}
		cancel()
		if err == nil {
			return address, nil
		}
		errs = append(errs, err)
	}
	return "", errors.Join(append(errs, errors.New("the server does not answer"))...)
}

// remoteHost returns the daemon's host, or "" if it is this machine.
func (c *container) remoteHost() string {
	u, err := url.Parse(c.pool.Client.Endpoint())
	if err != nil || u.Hostname() == "" || u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" {
		return ""
	}
	return u.Hostname()
}

func (c *container) url(address string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, c.password),
		Host:     address,
		Path:     "/postgres",
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (c *container) stop() error {
	var errs []error
	if c.id != "" {
		errs = append(errs, removeContainer(c.pool.Client, c.id))
	}
	if c.attached != nil {
		errs = append(errs, c.stdin.Close(), c.attached.Close())
		<-c.ended
	}
	return errors.Join(errs...)
}

// removeContainer removes a container. It succeeds if the container is gone or
// about to be removed.
func removeContainer(client *docker.Client, id string) error {
	err := client.RemoveContainer(docker.RemoveContainerOptions{ID: id, Force: true, RemoveVolumes: true})
	if _, gone := errors.AsType[*docker.NoSuchContainer](err); gone {
		return nil
	}
	if e, ok := errors.AsType[*docker.Error](err); ok && e.Status == http.StatusConflict {
		return nil // it is being removed
	}
	return err
}
