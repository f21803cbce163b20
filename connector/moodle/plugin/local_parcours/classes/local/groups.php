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
 * The groups of a session: those of its course whose idnumber begins with its code.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class groups {
    /**
     * Makes the groups' keeper.
     *
     * @param session $session
     */
    public function __construct(
        /** @var session the session whose groups they are */
        private readonly session $session,
    ) {
    }

    /**
     * Ids of the groups, by name, in the order of their idnumbers.
     *
     * @return int[]
     */
    public function ids(): array {
        return array_map(fn($group) => (int) $group->id, array_column($this->records(), null, 'name'));
    }

    /**
     * Creates and renames groups.
     *
     * @param array[] $wanted idnumber, name
     * @param report $report
     */
    public function publish(array $wanted, report $report): void {
        global $CFG;
        require_once($CFG->dirroot . '/group/lib.php');
        $records = array_column($this->records(), null, 'idnumber');
        foreach ($wanted as $group) {
            $record = $records[$group['idnumber']] ?? null;
            if ($record && $record->name === $group['name']) {
                $report->add($group['idnumber'], 'unchanged');
                continue;
            }
            require_capability('moodle/course:managegroups', $this->session->context());
            if ($record) {
                $record->name = $group['name'];
                groups_update_group($record);
            } else {
                groups_create_group((object) ($group + ['courseid' => $this->session->courseid()]));
            }
            $report->add($group['idnumber'], $record ? 'updated' : 'created');
        }
    }

    /**
     * Reads the groups back.
     *
     * @return array[]
     */
    public function observe(): array {
        return array_map(
            fn($group) => ['idnumber' => $group->idnumber, 'name' => $group->name],
            array_values($this->records()),
        );
    }

    /**
     * Names of the session's groups that each person is in.
     *
     * @return string[][] by user id
     */
    public function memberships(): array {
        global $DB;
        $names = array_flip($this->ids());
        if (!$names) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal(array_keys($names));
        $memberships = [];
        $members = $DB->get_recordset_select('groups_members', "groupid $in", $params, 'id', 'userid, groupid');
        foreach ($members as $member) {
            $memberships[$member->userid][] = $names[$member->groupid];
        }
        $members->close();
        return array_map(fn($found) => array_values(array_intersect($names, $found)), $memberships);
    }

    /**
     * Puts a person in the named groups of the session, and in no other of them.
     *
     * @param int $userid
     * @param string[] $wanted names
     * @param string[] $current names
     * @return bool whether something was written
     */
    public function set_memberships(int $userid, array $wanted, array $current): bool {
        global $CFG;
        $joined = array_diff($wanted, $current);
        $left = array_diff($current, $wanted);
        if (!$joined && !$left) {
            return false;
        }
        require_once($CFG->dirroot . '/group/lib.php');
        require_capability('moodle/course:managegroups', $this->session->context());
        $ids = $this->ids();
        foreach ($joined as $name) {
            groups_add_member($ids[$name], $userid);
        }
        foreach ($left as $name) {
            groups_remove_member($ids[$name], $userid);
        }
        return true;
    }

    /**
     * Records of the groups.
     *
     * @return \stdClass[]
     */
    private function records(): array {
        global $DB;
        $like = $DB->sql_like('idnumber', '?');
        $params = [$this->session->courseid(), $DB->sql_like_escape($this->session->code() . '/') . '%'];
        return $DB->get_records_select('groups', "courseid = ? AND $like", $params, 'idnumber, id');
    }
}
