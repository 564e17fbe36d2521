package pgdocker_test

import (
	"context"
	"fmt"

	_ "github.com/tasktwin/tasktwin/conformance/pgdocker" // servers in Docker
	"github.com/tasktwin/tasktwin/conformance/pgserver"
)

// The import is all that a program needs: where there is no other PostgreSQL, Start, and
// pgtest.Open in tests, start one in Docker.
func Example() {
	server, err := pgserver.Start(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(server.Kind())
	_ = server.Close()
}
