<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local;

/**
 * The calendar events of a session: one for each slot.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class events {
    /**
     * Makes the events' keeper.
     *
     * @param session $session
     * @param groups $groups
     */
    public function __construct(
        /** @var session the session whose events they are */
        private readonly session $session,
        /** @var groups its groups */
        private readonly groups $groups,
    ) {
    }

    /**
     * Creates and updates events.
     *
     * @param array[] $wanted
     * @param report $report
     */
    public function publish(array $wanted, report $report): void {
        global $CFG;
        require_once($CFG->dirroot . '/calendar/lib.php');
        $observed = array_column($this->observe(), null, 'uuid');
        $records = $this->records();
        $groupids = $this->groups->ids();
        foreach ($wanted as $event) {
            ['path' => $path, 'uuid' => $uuid, 'group' => $group] = $event;
            unset($event['path']);
            if (($observed[$uuid] ?? null) === $event) {
                $report->add($uuid, 'unchanged');
                continue;
            }
            $groupid = $group === null ? 0 : $groupids[$group] ?? throw new refusal('unknowngroup', "{$path}.group", $group);
            $this->put($event, $groupid, $records[$uuid] ?? null);
            $report->add($uuid, isset($records[$uuid]) ? 'updated' : 'created');
        }
    }

    /**
     * Creates or updates an event.
     *
     * @param array $event
     * @param int $groupid 0 for an event of the whole course
     * @param \stdClass|null $record
     */
    private function put(array $event, int $groupid, ?\stdClass $record): void {
        global $DB, $USER;
        require_capability('moodle/calendar:manageentries', $this->session->context());
        $data = (object) [
            'name' => $event['name'],
            'description' => $event['description'],
            'format' => FORMAT_HTML,
            'location' => $event['location'],
            'courseid' => $this->session->courseid(),
            'groupid' => $groupid,
            'eventtype' => $groupid ? 'group' : 'course',
            'timestart' => $event['start'],
            'timeduration' => $event['minutes'] * MINSECS,
        ];
        if ($record) {
            \calendar_event::load($record->id)->update($data, false);
            return;
        }
        $data->userid = $USER->id;
        $data->modulename = '';
        $data->instance = 0;
        $row = ['sessionid' => $this->session->id(), 'uuid' => $event['uuid']];
        $DB->delete_records('local_parcours_event', $row);
        $row['eventid'] = \calendar_event::create($data, false)->id;
        $DB->insert_record('local_parcours_event', (object) $row);
    }

    /**
     * Reads the events back, by date.
     *
     * @return array[]
     */
    public function observe(): array {
        $names = array_flip($this->groups->ids());
        $events = [];
        foreach ($this->records() as $uuid => $event) {
            $events[] = [
                'uuid' => (string) $uuid,
                'name' => $event->name,
                'description' => (string) $event->description,
                'start' => (int) $event->timestart,
                'minutes' => intdiv((int) $event->timeduration, MINSECS),
                'location' => (string) $event->location,
                'group' => $event->groupid ? $names[$event->groupid] ?? '' : null,
            ];
        }
        return $events;
    }

    /**
     * Records of the events that exist.
     *
     * @return \stdClass[] by uuid
     */
    private function records(): array {
        global $DB;
        $sql = "SELECT m.uuid AS slot, e.*
                  FROM {local_parcours_event} m
                  JOIN {event} e ON e.id = m.eventid
                 WHERE m.sessionid = ?
              ORDER BY e.timestart, m.uuid";
        return $DB->get_records_sql($sql, [$this->session->id()]);
    }
}
