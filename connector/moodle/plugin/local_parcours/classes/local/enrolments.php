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
 * Enrolments of a session, by the manual method.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolments {
    /** @var string[] the only roles that a document may give */
    private const ROLES = ['student', 'teacher', 'editingteacher'];

    /**
     * Makes the enrolments' keeper.
     *
     * @param session $session
     * @param groups $groups
     */
    public function __construct(
        /** @var session the session whose enrolments they are */
        private readonly session $session,
        /** @var groups its groups */
        private readonly groups $groups,
    ) {
    }

    /**
     * Enrols people, gives them roles and puts them in groups; nobody loses an enrolment or a role.
     *
     * @param array[] $wanted email, role, groups, path
     * @param report $report
     */
    public function publish(array $wanted, report $report): void {
        $accounts = people::find(array_column($wanted, 'email'));
        $current = $this->current();
        $roleids = array_flip($this->roles());
        $known = array_keys($this->groups->ids());
        $memberships = [];
        foreach ($wanted as $enrolment) {
            $this->refuse_unknown_groups($enrolment, $known);
            $userids = $accounts[people::key($enrolment['email'])] ?? [];
            if (count($userids) !== 1) {
                $report->person($enrolment['email'], $userids ? 'ambiguous_people' : 'unknown_people');
                continue;
            }
            $userid = $userids[0];
            $memberships[$userid] = array_merge($memberships[$userid] ?? [], $enrolment['groups']);
            if (!in_array($enrolment['role'], $current[$userid] ?? [], true)) {
                $this->enrol($userid, $roleids[$enrolment['role']] ?? 0, $enrolment);
                $report->person(people::key($enrolment['email']), 'enrolled');
            }
        }
        $this->place($memberships, array_column($wanted, 'email'), $report);
    }

    /**
     * Puts people in their groups.
     *
     * @param string[][] $memberships names of groups, by user id
     * @param string[] $emails
     * @param report $report
     */
    private function place(array $memberships, array $emails, report $report): void {
        $names = [];
        foreach (people::find($emails) as $email => $userids) {
            $names[$userids[0]] = $email;
        }
        $current = $this->groups->memberships();
        foreach ($memberships as $userid => $wanted) {
            if ($this->groups->set_memberships($userid, array_unique($wanted), $current[$userid] ?? [])) {
                $report->person($names[$userid], 'enrolled');
            }
        }
    }

    /**
     * Refuses an enrolment in a group that was not published.
     *
     * @param array $enrolment
     * @param string[] $known names of the groups
     */
    private function refuse_unknown_groups(array $enrolment, array $known): void {
        foreach (array_diff($enrolment['groups'], $known) as $index => $name) {
            throw new refusal('unknowngroup', "{$enrolment['path']}.groups[{$index}]", $name);
        }
    }

    /**
     * Enrols a person.
     *
     * @param int $userid
     * @param int $roleid
     * @param array $enrolment
     */
    private function enrol(int $userid, int $roleid, array $enrolment): void {
        $context = $this->session->context();
        require_capability('enrol/manual:enrol', $context);
        if (!array_key_exists($roleid, get_assignable_roles($context))) {
            throw new refusal('rolenotassignable', "{$enrolment['path']}.role", $enrolment['role']);
        }
        $plugin = enrol_get_plugin('manual');
        $plugin->enrol_user($this->instance($plugin), $userid, $roleid, 0, 0, ENROL_USER_ACTIVE);
    }

    /**
     * The course's manual enrolment method, made if it is missing.
     *
     * @param \enrol_plugin|null $plugin
     * @return \stdClass
     */
    private function instance(?\enrol_plugin $plugin): \stdClass {
        global $DB;
        if (!$plugin || !enrol_is_enabled('manual')) {
            throw new refusal('manualenroldisabled');
        }
        $key = ['courseid' => $this->session->courseid(), 'enrol' => 'manual'];
        if (!$DB->record_exists('enrol', $key)) {
            $plugin->add_default_instance(get_course($this->session->courseid()));
        }
        $instances = $DB->get_records('enrol', $key, 'status, sortorder, id', '*', 0, 1);
        return reset($instances);
    }

    /**
     * Reads the enrolments back: one for each person and role, by e-mail.
     *
     * @return array[]
     */
    public function observe(): array {
        $memberships = $this->groups->memberships();
        $enrolments = [];
        foreach ($this->people() as $person) {
            foreach (array_intersect(self::ROLES, $person['roles']) as $role) {
                $enrolments[] = [
                    'email' => $person['email'],
                    'role' => $role,
                    'groups' => $memberships[$person['id']] ?? [],
                ];
            }
        }
        return $enrolments;
    }

    /**
     * Everybody who is enrolled and active, by e-mail, whatever the method.
     *
     * @return array[] id, username, email, roles
     */
    public function people(): array {
        $roles = $this->current();
        $users = get_enrolled_users($this->session->context(), '', 0, 'u.id, u.username, u.email', 'u.email, u.id', 0, 0, true);
        return array_map(fn($user) => [
            'id' => (int) $user->id,
            'username' => $user->username,
            'email' => people::key($user->email),
            'roles' => $roles[$user->id] ?? [],
        ], array_values($users));
    }

    /**
     * Roles in the course of everybody who is enrolled and active.
     *
     * @return string[][] shortnames, by user id
     */
    private function current(): array {
        global $DB;
        $context = $this->session->context();
        $active = get_enrolled_users($context, '', 0, 'u.id', 'u.id', 0, 0, true);
        $names = $this->roles();
        $roles = [];
        $assignments = $DB->get_records('role_assignments', ['contextid' => $context->id], 'roleid, id', 'id, userid, roleid');
        foreach ($assignments as $assignment) {
            if (isset($active[$assignment->userid])) {
                $roles[$assignment->userid][$assignment->roleid] = $names[$assignment->roleid];
            }
        }
        return array_map('array_values', $roles);
    }

    /**
     * Shortnames of the site's roles.
     *
     * @return string[] by id
     */
    private function roles(): array {
        return array_map(fn($role) => $role->shortname, get_all_roles());
    }
}
