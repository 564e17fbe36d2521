// Command service is a small HTTP service on a tasktwin.Store, which is in memory or
// the PostgreSQL database at -postgres. It is an example of testing: service_test.go
// has unit tests without a database, and both_test.go runs them on both engines.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	url := flag.String("postgres", "", "an empty database; without one the tasks are in memory")
	once := flag.Bool("once", false, "make a few requests and stop")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *addr, *url, *once, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr, url string, once bool, out io.Writer) (err error) {
	store, err := open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	rows, err := seed(ctx, store, time.Now())
	if err != nil {
		return err
	}
	s := &service{store: store, organization: rows.organization, version: rows.version, now: time.Now, newID: uuid.New}
	if once {
		addr = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	tasks := fmt.Sprintf("http://%s/users/%s/tasks", listener.Addr(), rows.ada)
	if once {
		err = visit(ctx, tasks, out)
	} else {
		_, err = fmt.Fprintln(out, tasks)
		if err == nil {
			<-ctx.Done()
		}
	}
	// Requests in progress may finish after the context is cancelled.
	over, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = errors.Join(err, server.Shutdown(over))
	if serveErr := <-ended; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

// open opens a store in memory, or migrates and opens a database.
func open(ctx context.Context, url string) (tasktwin.Store, error) {
	if url == "" {
		return memdb.New(memdb.Options{}), nil
	}
	if err := pgdb.Migrate(ctx, url); err != nil {
		return nil, err
	}
	return pgdb.Open(ctx, url, pgdb.Options{})
}

// visit submits a task twice and lists the tasks.
func visit(ctx context.Context, tasks string, out io.Writer) error {
	for _, r := range []struct{ method, body string }{
		{http.MethodPost, `{"name": "Docs", "prompt": "Write the documentation"}`},
		{http.MethodPost, `{"name": "docs", "prompt": "The same name in another case"}`},
		{http.MethodGet, ""},
	} {
		request, err := http.NewRequestWithContext(ctx, r.method, tasks, bytes.NewReader([]byte(r.body)))
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s: %s %s\n", r.method, response.Status, bytes.TrimSpace(body)); err != nil {
			return err
		}
	}
	http.DefaultClient.CloseIdleConnections()
	return nil
}
