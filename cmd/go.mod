module github.com/tasktwin/tasktwin/cmd

go 1.26.0

require (
	github.com/google/uuid v1.6.0
	github.com/tasktwin/tasktwin v0.0.0
)

replace github.com/tasktwin/tasktwin => ../

replace github.com/tasktwin/tasktwin/pgdb => ../pgdb

replace github.com/tasktwin/tasktwin/conformance => ../conformance
