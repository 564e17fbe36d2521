package conformance

import "slices"

// allCases are the suite.
func allCases() []testCase {
	return slices.Concat(
		surroundingCases, agentCases, deleteCases, taskCases, statusCases, telemetryCases, valueCases, transactionCases,
		snapshotCases, isolationCases, lifecycleCases, loadCases, absentCases, telemetryInsideCases, endCases, detailCases,
	)
}
