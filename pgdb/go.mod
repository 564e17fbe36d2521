module github.com/tasktwin/tasktwin/pgdb

go 1.26

require (
	github.com/tasktwin/tasktwin v0.0.0
)

replace github.com/tasktwin/tasktwin => ../
