package pgdb_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// Create the tables in a database, and open it.
func ExampleOpen() {
	ctx, url := context.Background(), os.Getenv("DATABASE_URL")
	if err := pgdb.Migrate(ctx, url); err != nil {
		log.Fatal(err)
	}
	db, err := pgdb.Open(ctx, url, pgdb.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	active, err := db.ListTasks(ctx, tasktwin.ListTasksParams{Status: tasktwin.TaskStatusActive})
	fmt.Println(len(active), err)
}

// A store on a pool that the rest of a program uses, too. The caller keeps the pool.
func ExampleNew() {
	ctx := context.Background()
	config, err := pgdb.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	fmt.Println(pgdb.New(pool).Ping(ctx))
}
