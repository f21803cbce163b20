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

use core_courseformat\formatactions;

/**
 * The sections of a session's course.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class sections {
    /**
     * Makes the sections' keeper.
     *
     * @param session $session
     */
    public function __construct(
        /** @var session the session whose sections they are */
        private readonly session $session,
    ) {
    }

    /**
     * Ids of the sections that exist, by the document's key, in the order of the course.
     *
     * @return int[]
     */
    public function ids(): array {
        global $DB;
        $sql = "SELECT m.sectionkey, s.id
                  FROM {local_parcours_section} m
                  JOIN {course_sections} s ON s.id = m.sectionid
                 WHERE m.sessionid = ? AND s.course = ?
              ORDER BY s.section";
        return array_map('intval', $DB->get_records_sql_menu($sql, [$this->session->id(), $this->session->courseid()]));
    }

    /**
     * Creates and updates sections.
     *
     * @param array[] $wanted id, name, summary, files, path
     * @param files $files
     * @param report $report
     */
    public function publish(array $wanted, files $files, report $report): void {
        $observed = array_column($this->observe(), null, 'id');
        foreach ($wanted as $section) {
            $path = $section['path'];
            unset($section['path']);
            $now = $observed[$section['id']] ?? null;
            $name = "{$this->session->code()}/section/{$section['id']}";
            if ($now !== $section) {
                $this->put($section, $now !== null);
                $areas = self::areas($this->ids()[$section['id']]);
                $files->put($this->session->context(), 'course', $areas, $section['files'], $path);
            }
            $report->add($name, $now === $section ? 'unchanged' : ($now ? 'updated' : 'created'));
        }
    }

    /**
     * Where the files of a section's summary are.
     *
     * @param int $sectionid
     * @return array[]
     */
    private static function areas(int $sectionid): array {
        return ['summary' => ['section', $sectionid]];
    }

    /**
     * Creates or updates a section.
     *
     * @param array $section
     * @param bool $exists
     */
    private function put(array $section, bool $exists): void {
        require_capability('moodle/course:update', $this->session->context());
        $courseid = $this->session->courseid();
        $actions = formatactions::section($courseid);
        if (!$exists) {
            $this->remember($section['id'], $actions->create(0)->id);
        }
        $info = get_fast_modinfo($courseid)->get_section_info_by_id($this->ids()[$section['id']], MUST_EXIST);
        $actions->update($info, [
            'name' => $section['name'],
            'summary' => $section['summary'],
            'summaryformat' => FORMAT_HTML,
        ]);
    }

    /**
     * Remembers which section a key means now.
     *
     * @param string $key
     * @param int $sectionid
     */
    private function remember(string $key, int $sectionid): void {
        global $DB;
        $row = ['sessionid' => $this->session->id(), 'sectionkey' => $key];
        $DB->delete_records('local_parcours_section', $row);
        $DB->insert_record('local_parcours_section', (object) ($row + ['sectionid' => $sectionid]));
    }

    /**
     * Puts the named sections in order.
     *
     * @param string[] $keys
     * @return bool whether something moved
     */
    public function arrange(array $keys): bool {
        global $DB;
        $courseid = $this->session->courseid();
        $ids = $this->ids();
        $current = array_map('intval', array_values(
            $DB->get_fieldset_select('course_sections', 'id', 'course = ? AND section > 0 ORDER BY section', [$courseid])
        ));
        $target = ordering::arrange($current, array_map(fn($key) => $ids[$key], $keys));
        if ($target === $current) {
            return false;
        }
        require_capability('moodle/course:movesections', $this->session->context());
        foreach ($target as $place => $id) {
            $number = (int) $DB->get_field('course_sections', 'section', ['id' => $id], MUST_EXIST);
            if ($number !== $place + 1) {
                move_section_to(get_course($courseid), $number, $place + 1);
            }
        }
        return true;
    }

    /**
     * Reads the sections back, in order.
     *
     * @return array[]
     */
    public function observe(): array {
        global $DB;
        $sections = [];
        foreach ($this->ids() as $key => $id) {
            $record = $DB->get_record('course_sections', ['id' => $id], 'name, summary', MUST_EXIST);
            $sections[] = [
                'id' => (string) $key,
                'name' => (string) $record->name,
                'summary' => (string) $record->summary,
                'files' => files::observe($this->session->context(), 'course', self::areas($id)),
            ];
        }
        return $sections;
    }
}
