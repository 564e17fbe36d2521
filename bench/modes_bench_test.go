package bench

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// planModes are ways to send a query. In the default one, cache_statement, PostgreSQL uses a
// generic plan from the sixth execution on, if it is no worse. In the others it plans each
// execution.
var planModes = []struct {
	name string
	set  func(*pgxpool.Config)
}{
	{"cache_statement", func(*pgxpool.Config) {}},
	{"custom_plan", func(c *pgxpool.Config) { c.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_custom_plan" }},
	{"exec", func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec }},
	{"simple_protocol", func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol }},
}

// Planning is much of the time of a short query of the view.
func BenchmarkPlanModes(b *testing.B) {
	reads(b, []where{{onPgdb, []int{10_000}, nil}}, func(b *testing.B, size Size, db *pgdb.DB) {
		for _, m := range planModes {
			config := db.Pool().Config().Copy()
			m.set(config)
			pool, err := pgxpool.NewWithConfig(b.Context(), config)
			require.NoError(b, err)
			b.Cleanup(pool.Close)
			s := pgdb.New(pool)
			b.Run("query=GetTaskByID/mode="+m.name, func(b *testing.B) {
				b.ReportAllocs()
				for n := 0; b.Loop(); n++ {
					if _, err := s.GetTaskByID(b.Context(), TaskID(n%size.Tasks)); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("query=ListTasks_by_owner/mode="+m.name, func(b *testing.B) {
				b.ReportAllocs()
				for n := 0; b.Loop(); n++ {
					arg := tasktwin.ListTasksParams{OwnerID: UserID(n % Users(size))}
					if tasks, err := s.ListTasks(b.Context(), arg); err != nil || len(tasks) == 0 {
						b.Fatal(len(tasks), err)
					}
				}
			})
		}
	})
}
