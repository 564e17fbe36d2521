module github.com/tasktwin/tasktwin/conformance

go 1.26

require (
	github.com/tasktwin/tasktwin v0.0.0
	github.com/tasktwin/tasktwin/pgdb v0.0.0
)

replace github.com/tasktwin/tasktwin => ../
replace github.com/tasktwin/tasktwin/pgdb => ../pgdb
