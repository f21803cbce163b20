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

use local_parcours\local\document\canonical;
use local_parcours\local\document\query;

/**
 * Reads published sessions back, as they are now.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class observation {
    /** Name and version of the format. */
    private const FORMAT = 'parcours-observation/1';

    /** Capability to observe a session. */
    private const CAPABILITY = 'local/parcours:observe';

    /**
     * Makes an observation.
     *
     * @param query $query
     */
    public function __construct(
        /** @var query what is asked for */
        private readonly query $query,
    ) {
    }

    /**
     * Sessions that the caller asks for and may observe.
     *
     * @return session[]
     */
    public function sessions(): array {
        if ($this->query->code === null) {
            return self::observable();
        }
        $session = session::find($this->query->code);
        if ($session) {
            require_capability(self::CAPABILITY, $session->context());
        }
        return array_filter([$session]);
    }

    /**
     * Sessions that the caller may observe.
     *
     * @return session[]
     */
    private static function observable(): array {
        return array_values(array_filter(
            session::all(),
            fn(session $session) => has_capability(self::CAPABILITY, $session->context()),
        ));
    }

    /**
     * Reads everything back.
     *
     * @return array
     */
    public function run(): array {
        global $CFG;
        require_once($CFG->dirroot . '/course/lib.php');
        require_once($CFG->libdir . '/completionlib.php');
        $always = [
            'format' => self::FORMAT,
            'plugin' => get_config('local_parcours', 'version'),
            'moodle' => $CFG->release,
            'now' => time(),
            'accounts' => $this->accounts(),
            'modules' => module\registry::enabled(),
        ];
        $sessions = $this->sessions();
        return $always + $this->emitter() + $this->rights() + ($this->query->changes
            ? $this->changed($this->query->changes, $sessions)
            : ['sessions' => array_map($this->session(...), $sessions)]);
    }

    /**
     * Reads back the sessions of one answer, those that are known as they are by their code only.
     *
     * @param document\changes $changes
     * @param session[] $sessions
     * @return array
     */
    private function changed(document\changes $changes, array $sessions): array {
        $codes = array_map(fn(session $session) => $session->code(), $sessions);
        $byname = array_combine($codes, $sessions);
        ksort($byname, SORT_STRING);
        $following = array_filter(
            $byname,
            fn($code) => strcmp((string) $code, $changes->after) > 0,
            ARRAY_FILTER_USE_KEY,
        );
        $page = array_slice($following, 0, $changes->limit, true);
        $answer = ['sessions' => [], 'unchanged' => []];
        foreach ($page as $code => $session) {
            $read = $this->session($session);
            $mark = document\changes::mark($read);
            if (($changes->known[$code] ?? null) === $mark) {
                $answer['unchanged'][] = (string) $code;
            } else {
                $answer['sessions'][] = $read + ['mark' => $mark];
            }
        }
        return $answer + ['next' => count($following) > count($page) ? (string) array_key_last($page) : null];
    }

    /**
     * Settings of the plugin that sends statements, when they are asked for by somebody who may know them.
     *
     * @return array
     */
    private function emitter(): array {
        if (!$this->query->emitter) {
            return [];
        }
        require_capability(self::CAPABILITY, \context_system::instance());
        return ['emitter' => emitter::observe()];
    }

    /**
     * What the caller may do, when it is asked for.
     *
     * @return array
     */
    private function rights(): array {
        $names = $this->query->capabilities;
        return $names === null ? [] : ['capabilities' => rights::observe($names, self::observable())];
    }

    /**
     * The e-mails asked for that belong to exactly one active account.
     *
     * @return string[]
     */
    private function accounts(): array {
        if (!$this->query->accounts) {
            return [];
        }
        require_capability('moodle/course:viewparticipants', \context_system::instance());
        $found = people::find($this->query->accounts);
        return array_values(array_filter(
            $this->query->accounts,
            fn(string $email) => count($found[people::key($email)] ?? []) === 1,
        ));
    }

    /**
     * Reads a session back.
     *
     * @param session $session
     * @return array
     */
    private function session(session $session): array {
        $groups = new groups($session);
        $always = [
            'code' => $session->code(),
            'people' => (new enrolments($session, $groups))->people(),
            'snapshots' => snapshots::observe($session),
        ];
        if (!$this->query->content) {
            $activities = (new activities($session, new sections($session), $groups))->observe(false);
            return $always + [
                'course' => course::place($session),
                'activities' => $activities,
                'publication' => $session->stage(),
            ];
        }
        $content = self::content($session);
        $completions = completion::counts($session->courseid());
        $counted = array_map(
            fn(array $activity) => $activity + ['completions' => $completions[$activity['cmid']] ?? 0],
            $content['activities'],
        );
        return $always + ['activities' => $counted] + $content + [
            'publication' => $session->publication(),
            'fingerprint' => self::print($session, $content),
        ];
    }

    /**
     * Fingerprint of a session: another one as soon as it is published again or what was published is edited.
     *
     * @param session $session
     * @return string
     */
    public static function fingerprint(session $session): string {
        return self::print($session, self::content($session));
    }

    /**
     * Fingerprint of what was read; what participants do does not change it.
     *
     * @param session $session
     * @param array $content
     * @return string
     */
    private static function print(session $session, array $content): string {
        $authored = array_map(fn(array $activity) => array_diff_key($activity, ['held' => true]), $content['activities']);
        return hash('sha256', canonical::json([$session->publication()['revision'], ['activities' => $authored] + $content]));
    }

    /**
     * What a document says of a session, read back.
     *
     * @param session $session
     * @return array
     */
    private static function content(session $session): array {
        $groups = new groups($session);
        $sections = new sections($session);
        $activities = (new activities($session, $sections, $groups))->observe(true);
        return [
            'course' => course::observe($session),
            'activities' => $activities,
            'categories' => categories::observe(get_course($session->courseid())->category, $session->root_category()),
            'sections' => $sections->observe(),
            'order' => array_column($activities, 'idnumber'),
            'groups' => $groups->observe(),
            'enrolments' => (new enrolments($session, $groups))->observe(),
            'events' => (new events($session, $groups))->observe(),
        ];
    }
}
