package memdb

import "github.com/tasktwin/tasktwin"

// latestBuilds are the builds of a workspace that telemetry needs.
type latestBuilds struct {
	newest      *buildRow // the build with the latest created_at
	stop, start *buildRow // the builds of each kind with the highest build number
}

func (l latestBuilds) newestAt() pgTime {
	if l.newest == nil {
		return never
	}
	return l.newest.createdAt
}

// add returns the latest builds after one more build.
func (l latestBuilds) add(b *buildRow) latestBuilds {
	if l.newest == nil || b.createdAt > l.newest.createdAt {
		l.newest = b
	}
	switch transitions[b.transition-1] {
	case tasktwin.WorkspaceTransitionStop:
		l.stop = higher(l.stop, b)
	case tasktwin.WorkspaceTransitionStart:
		l.start = higher(l.start, b)
	default:
	}
	return l
}

func higher(a, b *buildRow) *buildRow {
	if a != nil && a.number > b.number {
		return a
	}
	return b
}
