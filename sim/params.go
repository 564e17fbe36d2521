package sim

import "time"

// Params are a world: who is in it, and how long things take. Start from
// [DefaultParams]; docs/simulation.md says why each default is what it is.
type Params struct {
	// Seed is the seed of all random sources.
	Seed uint64 `json:"seed"`
	// Start is the first instant, in whole microseconds.
	Start time.Time `json:"start"`
	// Duration is how much time passes.
	Duration time.Duration `json:"duration"`

	// Users is how many people submit tasks.
	Users int `json:"users"`
	// TasksPerUserDay is how many tasks a user submits a day, on the average of
	// all users and of all days of the week.
	TasksPerUserDay float64 `json:"tasks_per_user_day"`
	// UserSpread is the standard deviation of the natural logarithm of the users'
	// rates, whose mean is TasksPerUserDay.
	UserSpread float64 `json:"user_spread"`
	// Rhythm is when people submit and answer.
	Rhythm Rhythm `json:"rhythm"`

	// Turns is the mean number of times that an agent works on a task before it
	// is done. Between two of them somebody has to answer.
	Turns float64 `json:"turns"`
	// Work is how long an agent works at a stretch.
	Work LogNormal `json:"work"`
	// Report is the time between two statuses of a working agent.
	Report LogNormal `json:"report"`
	// Answer is how long people take to answer, in attention: on a clock that
	// stands still, or nearly so, when Rhythm says that they sleep.
	Answer Lomax `json:"answer"`
	// AnswerSpread is the standard deviation of the natural logarithm of the
	// users' slowness, which multiplies Answer and whose median is 1.
	AnswerSpread float64 `json:"answer_spread"`
	// Failure is the share of tasks that end in failure. The others complete.
	Failure float64 `json:"failure"`
	// Deletion is the share of ended tasks that their owners delete, after
	// DeletionAfter, in attention.
	Deletion      float64   `json:"deletion"`
	DeletionAfter LogNormal `json:"deletion_after"`

	// Queue is how long a build waits for a provisioner.
	Queue LogNormal `json:"queue"`
	// StartBuild and StopBuild are how long a provisioner takes.
	StartBuild LogNormal `json:"start_build"`
	StopBuild  LogNormal `json:"stop_build"`
	// BuildFailure is the share of builds that fail. They are repeated after
	// Retry.
	BuildFailure float64   `json:"build_failure"`
	Retry        LogNormal `json:"retry"`
	// AgentStart is how long an agent takes from the end of its build until it
	// is ready.
	AgentStart LogNormal `json:"agent_start"`
	// Stuck is the share of agents that get stuck at their start, for StuckFor.
	Stuck    float64   `json:"stuck"`
	StuckFor LogNormal `json:"stuck_for"`
	// Unhealthy is the share of stretches of work in which the app becomes
	// unhealthy, for UnhealthyFor. It says nothing meanwhile, and takes that much
	// longer.
	Unhealthy    float64   `json:"unhealthy"`
	UnhealthyFor LogNormal `json:"unhealthy_for"`

	// Recording, if set, is the work that is done, in place of Users, the rates,
	// Rhythm, Turns, Work, Report, Answer, Failure and Deletion. It must not be
	// changed as long as a World of it is in use.
	Recording *Recording `json:"-"`
}

// DefaultParams are a team of a hundred for two weeks, some 2,800 tasks.
func DefaultParams() Params {
	return Params{
		Seed:            1,
		Start:           time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC), // a Monday
		Duration:        14 * 24 * time.Hour,
		Users:           100,
		TasksPerUserDay: 2,
		UserSpread:      0.8,
		Rhythm: Rhythm{
			Hours: [24]float64{
				0.02, 0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.2, 0.6, 0.95, 1, 0.95,
				0.6, 0.85, 1, 1, 0.9, 0.65, 0.35, 0.2, 0.2, 0.15, 0.1, 0.05,
			},
			Weekend: 0.15,
		},
		Turns:         5,
		Work:          LogNormal{Median: 6 * time.Minute, Sigma: 1},
		Report:        LogNormal{Median: time.Minute, Sigma: 0.7},
		Answer:        Lomax{Median: 12 * time.Minute, Alpha: 0.8},
		AnswerSpread:  0.5,
		Failure:       0.08,
		Deletion:      0.6,
		DeletionAfter: LogNormal{Median: 4 * time.Hour, Sigma: 1.2},
		Queue:         LogNormal{Median: 2 * time.Second, Sigma: 0.8},
		StartBuild:    LogNormal{Median: 60 * time.Second, Sigma: 0.4},
		StopBuild:     LogNormal{Median: 20 * time.Second, Sigma: 0.4},
		BuildFailure:  0.02,
		Retry:         LogNormal{Median: 2 * time.Minute, Sigma: 0.7},
		AgentStart:    LogNormal{Median: 15 * time.Second, Sigma: 0.5},
		Stuck:         0.01,
		StuckFor:      LogNormal{Median: 10 * time.Minute, Sigma: 0.5},
		Unhealthy:     0.01,
		UnhealthyFor:  LogNormal{Median: 3 * time.Minute, Sigma: 0.8},
	}
}

// Until is the last instant of a run: Start and Duration.
func (p Params) Until() time.Time { return p.Start.Add(p.Duration) }
