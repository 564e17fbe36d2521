module github.com/tasktwin/tasktwin/examples

go 1.26.0

require (
	github.com/google/uuid v1.6.0
	github.com/tasktwin/tasktwin v0.0.0-00010101000000-000000000000
	github.com/tasktwin/tasktwin/conformance v0.0.0-00010101000000-000000000000
	github.com/tasktwin/tasktwin/pgdb v0.0.0-00010101000000-000000000000
)

require (
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/pgx/v5 v5.12.0 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)
