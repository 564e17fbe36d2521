// Package intercept has a [tasktwin.Querier] whose methods all call one function. The
// stores that wrap others are made with it.
package intercept
