package sim

// action is what an event does.
type action uint8

const (
	arrive action = iota
	startJob
	endJob
	delayAgent
	readyAgent
	reportWork
	failHealth
	restoreHealth
	takeAnswer
	takeTurn
	decideAgain
	repeatBuild
	removeTask
)

func (r *run) do(e *event) error {
	t, at := e.task, e.at
	switch e.do {
	case arrive:
		return r.arrive(e.user, at)
	case startJob:
		return r.startJob(t, at)
	case endJob:
		return r.endJob(t, at)
	case delayAgent:
		return r.delayAgent(t, at)
	case readyAgent:
		return r.readyAgent(t, at)
	case reportWork:
		return r.reportWork(t, at)
	case failHealth:
		return r.failHealth(t)
	case restoreHealth:
		return r.restoreHealth(t)
	case takeAnswer:
		return r.takeAnswer(t, at)
	case takeTurn:
		return r.takeTurn(t, at)
	case decideAgain:
		return r.decide(t, at)
	case repeatBuild:
		return r.build(t, at, t.transition, t.reason)
	default: // removeTask
		return r.removeTask(t, at)
	}
}
