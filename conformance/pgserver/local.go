//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin/conformance/internal/tail"
)

// superuser is the database's superuser and the system user that root prefers to
// run the server as.
const superuser = "postgres"

// local is a server that runs in a folder of its own.
type local struct {
	bin            string
	cred           *syscall.Credential // nil: this process's user
	folder         *runFolder
	folderWatchdog *watchdog // removes the folder, with this process's rights
	serverWatchdog *watchdog // stops the server and empties its folder, with the server's rights
	log            *os.File  // what the server writes
	server         *process
}

func startLocal(ctx context.Context, cfg config) (*Backend, error) {
	cred, noUser := unprivileged()
	bin, err := findBinaries(ctx, cfg, cred)
	if err != nil {
		return nil, err
	}
	if noUser != nil {
		return nil, noUser
	}
	sweep()
	l, err := newLocal(bin, cred)
	if err != nil {
		return nil, err
	}
	err = l.initdb(ctx)
	if err == nil {
		err = l.start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, l.stop())
	}
	return &Backend{URL: l.url(), Close: l.stop}, nil
}

// newLocal returns a server that has a folder, which is watched, and no data yet.
func newLocal(bin string, cred *syscall.Credential) (_ *local, err error) {
	l := &local{bin: bin, cred: cred}
	if l.folder, err = newRunFolder(tempRoots(), l.usable); err != nil {
		return nil, err
	}
	if l.folderWatchdog, err = startWatchdog(watchOptions{folder: l.folder}); err != nil {
		return nil, errors.Join(err, l.folder.remove())
	}
	if l.serverWatchdog, err = startWatchdog(watchOptions{server: l.folder.server(), cred: l.cred}); err != nil {
		return nil, errors.Join(err, l.folder.remove(), l.folderWatchdog.dismiss())
	}
	return l, nil
}

// unprivileged returns the user to run a server as, nil for this process's user.
// PostgreSQL refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{superuser, "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s has the id %q: %w", name, u.Uid, err)
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s has the group %q: %w", name, u.Gid, err)
		}
		// Without Groups the child keeps none of root's supplementary groups.
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as")
}

// usable creates the server's folder in a run's folder and checks that the
// server's user can reach it and the binaries.
func (l *local) usable(path string) error {
	folder := &runFolder{path: path}
	if err := folder.createServerFolder(l.cred); err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(l.bin, "initdb"), "--version")
	cmd.Dir = folder.server()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: l.cred}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run %s in %s as the server's user: %w", cmd.Path, cmd.Dir, err)
	}
	return nil
}

// start starts the server on its data, with some settings besides the usual ones.
func (l *local) start(ctx context.Context, more ...string) error {
	var err error
	if l.log, err = l.folder.createLog(); err != nil {
		return err
	}
	cmd := l.command("postgres", "-D", l.folder.data(), "-c", "listen_addresses=", "-c", "port=5432",
		"-c", `unix_socket_directories="`+l.folder.server()+`"`)
	for _, setting := range slices.Concat(settings, more) {
		cmd.Args = append(cmd.Args, "-c", setting)
	}
	cmd.Stdout, cmd.Stderr = l.log, l.log
	cmd.SysProcAttr = childAttributes(l.cred, syscall.SIGQUIT)
	if l.server, err = startProcess(cmd, l.serverWatchdog, "QUIT"); err != nil {
		return err
	}
	return l.waitReady(ctx)
}

// initdb creates the data folder. Its locale does not matter: the template
// database gets its own.
func (l *local) initdb(ctx context.Context) error {
	return l.finish(ctx, l.command("initdb", "-D", l.folder.data(), "-U", superuser, "-A", "trust", "-E", "UTF8",
		"--locale=C", "--no-sync", "--no-instructions"))
}

// finish runs a program with the rights of the server's user until it ends.
func (l *local) finish(ctx context.Context, cmd *exec.Cmd) error {
	var out tail.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &out, outputDelay
	cmd.SysProcAttr = childAttributes(l.cred, syscall.SIGTERM)
	p, err := startProcess(cmd, l.serverWatchdog, "TERM")
	if err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("%s: %w", cmd.Path, ctx.Err()), p.stop(syscall.SIGTERM))
	}
	if p.err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd.Path, p.err, out.String())
	}
	return l.serverWatchdog.unwatch()
}

// command returns the command for one of PostgreSQL's programs. Its environment
// contains only what the program needs, and none of libpq's variables.
func (l *local) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(l.bin, name), args...)
	cmd.Dir = l.folder.server()
	cmd.Env = programEnv()
	return cmd
}

// programEnv returns the environment of a server's programs.
func programEnv() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if name == "PATH" || strings.HasPrefix(name, "LD_") || strings.HasPrefix(name, "DYLD_") {
			env = append(env, v)
		}
	}
	return env
}

func (l *local) waitReady(ctx context.Context) error {
	if _, err := pgx.ParseConfig(l.url()); err != nil {
		return err // it will not get better
	}
	for {
		conn, err := connect(ctx, l.url())
		if err == nil {
			closeConn(conn)
			return nil
		}
		select {
		case <-l.server.done:
			return fmt.Errorf("%s: %w\n%s", l.server.cmd.Path, l.server.err, tail.OfFile(l.log))
		case <-ctx.Done():
			return fmt.Errorf("wait for the server: %w", errors.Join(ctx.Err(), err))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// stop ends the server by an immediate shutdown and removes its folder.
func (l *local) stop() error {
	var errs []error
	if l.server != nil {
		errs = append(errs, l.server.stop(syscall.SIGQUIT))
	}
	if l.log != nil {
		errs = append(errs, l.log.Close())
	}
	errs = append(errs, l.folder.remove(), l.serverWatchdog.dismiss(), l.folderWatchdog.dismiss())
	return errors.Join(errs...)
}

func (l *local) url() string {
	q := url.Values{"host": {l.folder.server()}, "port": {"5432"}}
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/postgres", RawQuery: q.Encode()}
	return strings.ReplaceAll(u.String(), "+", "%20")
}
