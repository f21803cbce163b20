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
 * Publishes a document, all of it or nothing.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class publisher {
    /** Name and version of the result's format. */
    private const FORMAT = 'parcours-publication-result/1';

    /** Seconds to wait for another publication of the same session. */
    private const PATIENCE = 10;

    /** @var report what is done */
    private readonly report $report;

    /**
     * Makes a publisher.
     *
     * @param publication $document
     */
    public function __construct(
        /** @var publication what is to be published */
        private readonly publication $document,
    ) {
        $this->report = new report();
    }

    /**
     * Context in which the caller must be allowed to publish.
     *
     * @return \context
     */
    public function context(): \context {
        return session::find($this->document->code)?->context() ?? categories::context($this->document->categories ?? []);
    }

    /**
     * Publishes the document, in one transaction.
     *
     * @return array the result
     */
    public function run(): array {
        global $CFG, $DB;
        require_once($CFG->dirroot . '/course/lib.php');
        if (empty($CFG->enablecompletion) || empty($CFG->enableavailability)) {
            throw new refusal('completiondisabled');
        }
        $lock = $this->lock($this->document->code);
        try {
            $transaction = $DB->start_delegated_transaction();
            $this->refuse_stale($this->document->code, $this->document->basis);
            $result = $this->publish();
            $transaction->allow_commit();
            return $result;
        } catch (\Throwable $e) {
            $this->undo($e, $transaction);
        } finally {
            self::running()->delete(sha1($this->document->code));
            $lock->release();
        }
    }

    /**
     * Since when each session is being published.
     *
     * @return \cache
     */
    private static function running(): \cache {
        return \cache::make('local_parcours', 'running');
    }

    /**
     * Waits for the other publications of a session.
     *
     * @param string $code
     * @return \core\lock\lock
     */
    private function lock(string $code): \core\lock\lock {
        $lock = \core\lock\lock_config::get_lock_factory('local_parcours')->get_lock($code, self::PATIENCE);
        if (!$lock) {
            $since = self::running()->get(sha1($code));
            throw new refusal('publicationinprogress', '$.code', $since ? "{$code} ({$since})" : $code);
        }
        self::running()->set(sha1($code), date(DATE_ATOM));
        return $lock;
    }

    /**
     * Refuses a document that was made from another state of the course than the present one.
     *
     * @param string $code
     * @param string|null $basis fingerprint of that state, empty for no course, null for any
     */
    private function refuse_stale(string $code, ?string $basis): void {
        if ($basis === null) {
            return;
        }
        $session = session::find($code);
        if ($basis !== ($session ? observation::fingerprint($session) : '')) {
            throw new refusal('stale', '$.basis', $session ? "{$code} ({$session->published_at()})" : $code);
        }
    }

    /**
     * Undoes everything after an error: the database, then what Moodle has cached of it.
     *
     * @param \Throwable $e
     * @param \moodle_transaction $transaction
     * @return never
     */
    private function undo(\Throwable $e, \moodle_transaction $transaction): never {
        try {
            if (!$transaction->is_disposed()) {
                $transaction->rollback($e);
            }
        } finally {
            \cache_helper::purge_by_event('changesincourse');
            \cache_helper::purge_by_event('changesincoursecat');
            if ($session = session::find($this->document->code)) {
                rebuild_course_cache($session->courseid(), true);
                \cache_helper::invalidate_by_definition('core', 'groupdata', [], [$session->courseid()]);
            }
        }
        throw $e;
    }

    /**
     * Publishes the parts of the document, each after those that it refers to.
     *
     * @return array the result
     */
    private function publish(): array {
        $document = $this->document;
        $category = categories::publish($document->categories ?? [], $this->report);
        $session = course::publish($document, session::find($document->code), $category, $this->report);
        $groups = new groups($session);
        $groups->publish($document->groups ?? [], $this->report);
        $files = new files($session, $document->draft);
        $sections = new sections($session);
        $sections->publish($document->sections ?? [], $files, $this->report);
        $activities = new activities($session, $sections, $groups);
        $writer = new activity_writer(
            $session,
            $activities,
            $sections,
            $groups,
            $this->report,
            $document->unlock,
            $files,
        );
        foreach ($document->activities ?? [] as $idnumber => $activity) {
            $writer->put($activity, $document->paths[$idnumber]);
        }
        $this->arrange($session, $sections, $activities);
        (new enrolments($session, $groups))->publish($document->enrolments ?? [], $this->report);
        (new events($session, $groups))->publish($document->events ?? [], $this->report);
        $revision = snapshots::publish($session, $document->snapshot);
        return ['format' => self::FORMAT, 'course' => course::place($session)]
            + $this->report->lists()
            + ['snapshot_revision' => $revision, 'revision' => $session->published($document)];
    }

    /**
     * Puts sections and activities in order.
     *
     * @param session $session
     * @param sections $sections
     * @param activities $activities
     */
    private function arrange(session $session, sections $sections, activities $activities): void {
        if ($this->document->sections === null && $this->document->order === null) {
            return;
        }
        $moved = $sections->arrange(array_column($this->document->sections ?? [], 'id'));
        $moved = $activities->arrange($this->document->order ?? []) || $moved;
        $this->report->add("{$session->code()}/order", $moved ? 'updated' : 'unchanged');
    }
}
