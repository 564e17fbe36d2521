package memdb

import "github.com/tasktwin/tasktwin"

// latestBuilds are what telemetry asks of a workspace's builds.
type latestBuilds struct {
	newest      *buildRow // by time
	stop, start *buildRow // by build number
}

func (l latestBuilds) newestAt() instant {
	if l.newest == nil {
		return never
	}
	return l.newest.createdAt
}

// add returns what they are with one more build.
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
