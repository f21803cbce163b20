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

use local_parcours\local\document\publication;

/**
 * The course of a session.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class course {
    /** @var string[] what a document says of a new course */
    private const SETTINGS = ['shortname', 'fullname', 'summary', 'startdate', 'enddate', 'visible'];

    /** @var array[] where the files of the summary are */
    private const AREAS = ['summary' => ['summary', 0]];

    /**
     * Creates or updates the course of a publication.
     *
     * @param publication $document
     * @param session|null $session
     * @param int|null $category id of the category to put it in
     * @param report $report
     * @return session
     */
    public static function publish(publication $document, ?session $session, ?int $category, report $report): session {
        if (!$session) {
            $session = self::create($document, $category);
            self::put_files($document, $session);
            $report->add($document->code, 'created');
        } else if ($document->course !== null || $category !== null) {
            $updated = self::update($document, $session, $category);
            $updated = self::put_files($document, $session) || $updated;
            $report->add($document->code, $updated ? 'updated' : 'unchanged');
        }
        if ($document->categories) {
            $session->set_root_category($document->categories[0]['idnumber']);
        }
        return $session;
    }

    /**
     * Puts the files that the summary shows, when the document says them.
     *
     * @param publication $document
     * @param session $session
     * @return bool whether something was written
     */
    private static function put_files(publication $document, session $session): bool {
        $wanted = $document->course['files'] ?? null;
        if ($wanted === null || $wanted === self::observe_files($session)) {
            return false;
        }
        require_capability('moodle/course:update', $session->context());
        return (new files($session, $document->draft))->put($session->context(), 'course', self::AREAS, $wanted, '$.course');
    }

    /**
     * Reads the files of the summary back.
     *
     * @param session $session
     * @return array[]
     */
    private static function observe_files(session $session): array {
        return files::observe($session->context(), 'course', self::AREAS);
    }

    /**
     * Creates a course.
     *
     * @param publication $document
     * @param int|null $category
     * @return session
     */
    private static function create(publication $document, ?int $category): session {
        if ($document->course === null) {
            throw new refusal('unknownsession', '$.code', $document->code);
        }
        foreach (array_diff(self::SETTINGS, array_keys($document->course)) as $missing) {
            throw new invalid_document('$.course', 'problemmissing', $missing);
        }
        if ($category === null) {
            throw new invalid_document('$', 'problemmissing', 'categories');
        }
        self::refuse_foreign($document->course['shortname'], $document->code);
        $context = \context_coursecat::instance($category);
        require_capability('moodle/course:create', $context);
        $course = create_course((object) ([
            'category' => $category,
            'idnumber' => $document->code,
            'format' => 'topics',
            'numsections' => 0,
            'newsitems' => 0,
            'summaryformat' => FORMAT_HTML,
            'enablecompletion' => COMPLETION_ENABLED,
            'showcompletionconditions' => COMPLETION_SHOW_CONDITIONS,
            'visible' => (int) $document->course['visible'],
        ] + array_diff_key($document->course, ['files' => true])));
        return session::create($document->code, $course->id);
    }

    /**
     * Updates a course where it differs.
     *
     * @param publication $document
     * @param session $session
     * @param int|null $category
     * @return bool whether something was written
     */
    private static function update(publication $document, session $session, ?int $category): bool {
        $course = get_course($session->courseid());
        $observed = self::settings($course);
        $wanted = array_diff_assoc(array_diff_key($document->course ?? [], ['files' => true]), $observed);
        $moved = $category !== null && (int) $course->category !== $category;
        if (!$wanted && !$moved) {
            return false;
        }
        $context = $session->context();
        require_capability('moodle/course:update', $context);
        if (isset($wanted['visible'])) {
            require_capability('moodle/course:visibility', $context);
            $wanted['visible'] = (int) $wanted['visible'];
        }
        if (isset($wanted['shortname'])) {
            self::refuse_foreign($wanted['shortname'], $document->code, $session->courseid());
        }
        if ($moved) {
            require_capability('moodle/course:changecategory', $context);
            require_capability('moodle/course:create', \context_coursecat::instance($category));
            $wanted['category'] = $category;
        }
        // Moodle checks the two dates together.
        $dates = array_intersect_key($wanted + $observed, ['startdate' => true, 'enddate' => true]);
        update_course((object) ($wanted + $dates + ['id' => $session->courseid(), 'summaryformat' => FORMAT_HTML]));
        return true;
    }

    /**
     * Refuses a short name or an idnumber that another course holds.
     *
     * @param string $shortname
     * @param string $code
     * @param int $own id of the course that may hold them
     */
    private static function refuse_foreign(string $shortname, string $code, int $own = 0): void {
        global $DB;
        if ($DB->record_exists_select('course', 'shortname = ? AND id <> ?', [$shortname, $own])) {
            throw new refusal('foreigncourse', '$.course.shortname', $shortname);
        }
        if ($DB->record_exists_select('course', 'idnumber = ? AND id <> ?', [$code, $own])) {
            throw new refusal('foreigncourse', '$.code', $code);
        }
    }

    /**
     * What a document says of a course.
     *
     * @param \stdClass $course
     * @return array
     */
    private static function settings(\stdClass $course): array {
        return [
            'shortname' => $course->shortname,
            'fullname' => $course->fullname,
            'summary' => (string) $course->summary,
            'startdate' => (int) $course->startdate,
            'enddate' => (int) $course->enddate,
            'visible' => (bool) $course->visible,
        ];
    }

    /**
     * Where a session's course is.
     *
     * @param session $session
     * @return array
     */
    public static function place(session $session): array {
        return ['id' => $session->courseid(), 'url' => course_get_url($session->courseid())->out(false)];
    }

    /**
     * Reads a session's course back.
     *
     * @param session $session
     * @return array
     */
    public static function observe(session $session): array {
        return self::place($session) + self::settings(get_course($session->courseid()))
            + ['files' => self::observe_files($session)];
    }
}
