package sim

import "time"

// Params describe a world: its users and how long everything takes. Start from
// [DefaultParams]; docs/simulation.md gives the reason for each default.
type Params struct {
	// Seed is the seed of all random sources.
	Seed uint64 `json:"seed"`
	// Start is the first instant, in whole microseconds.
	Start time.Time `json:"start"`
	// Duration is the simulated time.
	Duration time.Duration `json:"duration"`

	// Users is the number of users who submit tasks.
	Users int `json:"users"`
	// TasksPerUserDay is how many tasks a user submits per day, averaged over all
	// users and all days of the week.
	TasksPerUserDay float64 `json:"tasks_per_user_day"`
	// UserSpread is the standard deviation of the natural logarithm of the users'
	// rates, whose mean is TasksPerUserDay.
	UserSpread float64 `json:"user_spread"`
	// Rhythm determines when users submit and answer.
	Rhythm Rhythm `json:"rhythm"`

	// Turns is the mean number of turns that an agent works on a task before it is
	// done. Between two turns its user has to answer.
	Turns float64 `json:"turns"`
	// Work is the length of a turn.
	Work LogNormal `json:"work"`
	// Report is the time between two statuses of a working agent.
	Report LogNormal `json:"report"`
	// Answer is how long users take to answer, in attention: measured on a clock
	// that runs slowly, or not at all, at night and on weekends as Rhythm says.
	Answer Lomax `json:"answer"`
	// AnswerSpread is the standard deviation of the natural logarithm of a user's
	// slowness, a factor of Answer with median 1.
	AnswerSpread float64 `json:"answer_spread"`
	// Failure is the share of tasks that end in failure. The others complete.
	Failure float64 `json:"failure"`
	// Deletion is the share of ended tasks that their owners delete, after
	// DeletionAfter, in attention.
	Deletion      float64   `json:"deletion"`
	DeletionAfter LogNormal `json:"deletion_after"`

	// Queue is how long a build waits for a provisioner.
	Queue LogNormal `json:"queue"`
	// StartBuild and StopBuild are how long a provisioner runs.
	StartBuild LogNormal `json:"start_build"`
	StopBuild  LogNormal `json:"stop_build"`
	// BuildFailure is the share of builds that fail. They are retried after Retry.
	BuildFailure float64   `json:"build_failure"`
	Retry        LogNormal `json:"retry"`
	// AgentStart is the time from the end of a build until its agent is ready.
	AgentStart LogNormal `json:"agent_start"`
	// Stuck is the share of agents that hang for StuckFor when they start.
	Stuck    float64   `json:"stuck"`
	StuckFor LogNormal `json:"stuck_for"`
	// Unhealthy is the share of turns in which the app becomes unhealthy for
	// UnhealthyFor. During that time it reports nothing, and the turn takes that much
	// longer.
	Unhealthy    float64   `json:"unhealthy"`
	UnhealthyFor LogNormal `json:"unhealthy_for"`

	// Recording, if set, replaces Users, the rates, Rhythm, Turns, Work, Report,
	// Answer, Failure and Deletion with recorded work. It must not be changed while a
	// World made from it is in use.
	Recording *Recording `json:"-"`
}

// DefaultParams describe a team of a hundred for two weeks, about 2,800 tasks.
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

// Until is the last instant of a run: Start plus Duration.
func (p Params) Until() time.Time { return p.Start.Add(p.Duration) }
