// Package intercept has a [tasktwin.Querier] whose methods all call one function, and what
// stores that wrap others have in common. The generator knows from the SQL which methods
// change rows.
package intercept
