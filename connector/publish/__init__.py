"""From a prepared session to a Moodle course: desired state, observed state, plan, apply."""
